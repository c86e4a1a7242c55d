from django.urls import path

from config.landing import views

app_name = "landing"
urlpatterns = [
    path("", views.home, name="home"),
    path("demo/orders", views.place, name="place"),
    path("demo/orders/<str:order_id>", views.watch, name="watch"),
]
