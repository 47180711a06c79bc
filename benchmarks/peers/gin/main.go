// The scenarios as a Gin application; PORT says where on 127.0.0.1 it listens.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"
)

type widget struct {
	ID      int     `json:"id"`
	Name    string  `json:"name"`
	Price   float64 `json:"price"`
	InStock bool    `json:"in_stock"`
}

type slot struct {
	WidgetID int `uri:"widget_id" binding:"required"`
}

type query struct {
	Q       string `form:"q"`
	Page    int    `form:"page,default=1"`
	InStock bool   `form:"in_stock"`
}

type search struct {
	WidgetID int    `json:"widget_id"`
	Q        string `json:"q"`
	Page     int    `json:"page"`
	InStock  bool   `json:"in_stock"`
}

type movie struct {
	Title    string   `json:"title" binding:"required"`
	Year     int      `json:"year" binding:"required"`
	Director string   `json:"director" binding:"required"`
	Rating   float64  `json:"rating" binding:"required"`
	Genres   []string `json:"genres" binding:"required"`
}

type row struct {
	ID     int     `json:"id"`
	Name   string  `json:"name"`
	Email  string  `json:"email"`
	Price  float64 `json:"price"`
	Active bool    `json:"active"`
}

type item struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

type uploaded struct {
	Title    string `json:"title"`
	Filename string `json:"filename"`
	Size     int64  `json:"size"`
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	rows, items := data()

	router.GET("/widget", func(c *gin.Context) {
		c.JSON(http.StatusOK, widget{7, "gizmo", 9.5, true})
	})
	router.GET("/widgets/:widget_id", func(c *gin.Context) {
		var s slot
		var q query
		if c.ShouldBindUri(&s) != nil {
			c.Status(http.StatusNotFound)
			return
		}
		if c.ShouldBindQuery(&q) != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		c.JSON(http.StatusOK, search{s.WidgetID, q.Q, q.Page, q.InStock})
	})
	router.POST("/movies", bearer, func(c *gin.Context) {
		var m movie
		if c.ShouldBindJSON(&m) != nil {
			c.Status(http.StatusUnprocessableEntity)
			return
		}
		c.JSON(http.StatusCreated, m)
	})
	router.GET("/rows", func(c *gin.Context) {
		c.JSON(http.StatusOK, rows)
	})
	router.GET("/stream", func(c *gin.Context) {
		c.Header("Content-Type", "application/x-ndjson")
		c.Status(http.StatusOK)
		encoder := json.NewEncoder(c.Writer)
		for _, each := range items {
			if encoder.Encode(each) != nil {
				return
			}
			c.Writer.Flush()
		}
	})
	router.POST("/upload", func(c *gin.Context) {
		file, err := c.FormFile("file")
		if err != nil {
			c.Status(http.StatusUnprocessableEntity)
			return
		}
		c.JSON(http.StatusOK, uploaded{c.PostForm("title"), file.Filename, file.Size})
	})
	router.GET("/hello", func(c *gin.Context) {
		c.String(http.StatusOK, "Hello, World!")
	})

	if err := router.Run("127.0.0.1:" + os.Getenv("PORT")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func bearer(c *gin.Context) {
	if c.GetHeader("Authorization") != "Bearer token" {
		c.AbortWithStatus(http.StatusUnauthorized)
	}
}

func data() ([]row, []item) {
	rows, items := []row{}, []item{}
	for n := 0; n < 100; n++ {
		name := fmt.Sprintf("widget %d", n)
		email := fmt.Sprintf("owner-%d@widgets.example", n)
		rows = append(rows, row{n, name, email, float64(n) + 0.25, n%2 == 0})
		items = append(items, item{n, name})
	}
	return rows, items
}
