"""Every web call goes through here: bounded in time and size, polite, and failing in words."""
