from django.urls import path

from consent import views
from consent.receipts import views as receipts

app_name = "consent"
urlpatterns = [
    path("cookies/", views.cookies, name="cookies"),
    path("cookies/receipt/", receipts.own, name="own_receipt"),
    path("cookies/receipt.json", receipts.own_json, name="own_receipt_json"),
    path("consent/<str:token>/", receipts.receipt, name="receipt"),
    path("consent/<str:token>/receipt.json", receipts.receipt_json, name="receipt_json"),
]
