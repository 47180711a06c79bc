"""Django's URLs: none; django-bolt serves everything."""

urlpatterns: list[object] = []
