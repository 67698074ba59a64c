"""What the page as a whole stands on, whichever half draws; knows neither faces nor music."""
