"""The demo's URLs: resources and endpoints. They say what HTTP takes and gives; services work."""
