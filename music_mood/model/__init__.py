"""From a track's audio features to its mood; how the model is made stands in `training`."""
