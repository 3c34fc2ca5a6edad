from django.urls import path

from dsar.views import asking, entering, following

app_name = "dsar"
urlpatterns = [
    path("my-data/", asking.form, name="form"),
    path("my-data/sent/", asking.sent, name="sent"),
    path("my-data/link/<str:token>/", entering.link, name="link"),
    path("my-data/address/<str:token>/", entering.address, name="address"),
    path("my-data/cases/", following.cases, name="cases"),
    path("my-data/cases/leave/", following.leave, name="leave"),
    path("my-data/cases/<str:reference>/", following.case, name="case"),
    path("my-data/cases/<str:reference>/confirm/", following.confirm, name="confirm"),
    path("my-data/cases/<str:reference>/message/", following.message, name="message"),
    path("my-data/cases/<str:reference>/propose/", following.propose, name="propose"),
    path("my-data/cases/<str:reference>/agree/", following.agree, name="agree"),
    path("my-data/cases/<str:reference>/copy/", following.download, name="download"),
    path("my-data/cases/<str:reference>/take-back/", following.take_back, name="take_back"),
]
