"""The capture page: a face before the camera, by a link that is used once."""
