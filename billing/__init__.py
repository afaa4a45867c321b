"""Plans and bills: pure arithmetic over what was measured; knows neither the database nor the service."""
