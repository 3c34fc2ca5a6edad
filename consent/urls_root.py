"""Addresses without a language."""

from django.urls import path

from consent import views

urlpatterns = [path(".well-known/gpc.json", views.gpc, name="gpc")]
