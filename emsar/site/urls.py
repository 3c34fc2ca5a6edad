"""Addresses below a language; the companies come last, any slug may be one."""

from django.urls import path

from emsar.site import views

app_name = "site"

urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:slug>/", views.company, name="company"),
]
