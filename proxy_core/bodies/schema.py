"""The database of bodies. `blobs` holds each piece once; `bodies` says which pieces an exchange is made of."""

TABLES = """
CREATE TABLE IF NOT EXISTS blobs (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, data BLOB NOT NULL, used_day INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS bodies (
    exchange_id TEXT PRIMARY KEY, day INTEGER NOT NULL, request BLOB NOT NULL, reply BLOB NOT NULL, head BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bodies_by_day ON bodies (day);
CREATE INDEX IF NOT EXISTS blobs_by_day ON blobs (used_day);
"""
FILE_NAME = "tokenman-bodies.db"
DAY_NS = 86_400_000_000_000
