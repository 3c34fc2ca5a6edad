"""Addresses without a language."""

from django.urls import path

from emsar.site import views

urlpatterns = [
    path("", views.root, name="root"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path(".well-known/security.txt", views.security, name="security_txt"),
]
