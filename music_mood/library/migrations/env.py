"""Alembic runs this to migrate, within the connection and transaction that the app opened."""

from alembic import context

from music_mood.library.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
