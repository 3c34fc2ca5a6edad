from django.urls import path

from requests_inbox import views

app_name = "inbox"
urlpatterns = [
    path("free-consultation/", views.form, name="form"),
    path("free-consultation/sent/", views.sent, name="sent"),
    path("free-consultation/withdraw/<str:token>/", views.withdraw, name="withdraw"),
    path("free-consultation/withdrawn/", views.withdrawn, name="withdrawn"),
]
