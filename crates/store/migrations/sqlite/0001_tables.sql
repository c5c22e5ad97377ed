-- The tables of a deskform store, schema 1.
--
-- Text is compared by its bytes everywhere. Digests and hashes are 64 lower-case hexadecimal digits; where one is unknown the
-- column is empty, never NULL. Every table that refers to a resource does so by its address.

PRAGMA application_id = 1684435565; -- the bytes "dfrm": this file is a deskform store

-- What the store is. One row.
CREATE TABLE meta (
    schema  INTEGER NOT NULL,   -- the number of the last migration that ran
    lineage TEXT NOT NULL,      -- the store's random identity, made when it was created
    label   TEXT                -- what the project called it when it was created; NULL if it had no name
) STRICT;
CREATE UNIQUE INDEX meta_is_one_row ON meta ((lineage IS NOT NULL));

-- Who owns resources, and the ends of the chains of the log. The row `@store` is the store's own chain; it owns nothing.
CREATE TABLE workspace (
    name   TEXT NOT NULL PRIMARY KEY,
    serial INTEGER NOT NULL DEFAULT 0,  -- how many runs it has had
    head   TEXT NOT NULL DEFAULT ''     -- the hash of its last audit entry; empty before the first
) STRICT, WITHOUT ROWID;

-- The live configuration: what the platform reads. Rows may be changed by hand; deskform then calls it drift.
CREATE TABLE resource (
    address   TEXT NOT NULL PRIMARY KEY,                -- kind.name
    workspace TEXT REFERENCES workspace (name),         -- its owner; NULL for nobody
    kind      TEXT NOT NULL,                            -- the part of the address before the dot
    format    INTEGER NOT NULL,                         -- the kind's format that the document is written in
    document  TEXT NOT NULL,                            -- the content as canonical JSON text
    digest    TEXT NOT NULL DEFAULT '',                 -- SHA-256 of kind, format and document: a cache, never evidence
    protected INTEGER NOT NULL DEFAULT 0,               -- 1 if delete, replace and forget are refused: a cache, too
    CHECK (kind <> '' AND kind NOT GLOB '*[^a-z0-9_]*'),
    CHECK (substr(address, 1, length(kind) + 1) = kind || '.'),
    CHECK (length(address) > length(kind) + 1 AND substr(address, length(kind) + 2) NOT GLOB '*[^a-z0-9_-]*'),
    CHECK (format BETWEEN 0 AND 4294967295)
) STRICT;
CREATE INDEX resource_by_kind ON resource (kind, workspace);

-- What refers to what. Derived from the documents by whoever writes them.
CREATE TABLE reference (
    "from" TEXT NOT NULL REFERENCES resource (address) DEFERRABLE INITIALLY DEFERRED,
    path   TEXT NOT NULL,       -- the field that refers, as a JSON array of keys and indexes
    "to"   TEXT NOT NULL REFERENCES resource (address) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY ("from", path)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_by_target ON reference ("to");

-- Values that at most one resource of the store may hold. Derived from the documents by whoever writes them.
CREATE TABLE unique_value (
    scope   TEXT NOT NULL,      -- the namespace of the value, such as brand.subdomain
    value   TEXT NOT NULL,
    address TEXT NOT NULL REFERENCES resource (address) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (scope, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX unique_value_by_holder ON unique_value (address);

-- What each workspace wrote last to an address. Outlives the resource, so that a delete by hand is seen.
CREATE TABLE applied (
    workspace TEXT NOT NULL REFERENCES workspace (name),
    address   TEXT NOT NULL,
    seq       INTEGER NOT NULL, -- the entry of the workspace's chain whose payload holds the document under `after`
    digest    TEXT NOT NULL,    -- the digest of that document
    PRIMARY KEY (workspace, address)
) STRICT, WITHOUT ROWID;

-- Every apply that was ever committed. Append-only.
CREATE TABLE run (
    workspace   TEXT NOT NULL REFERENCES workspace (name),
    plan_id     TEXT NOT NULL,      -- sha256: and 64 hexadecimal digits
    base_serial INTEGER NOT NULL,   -- the workspace's serial when the plan was made
    serial      INTEGER NOT NULL,   -- the number that the run got
    at          TEXT NOT NULL,      -- RFC 3339 in UTC
    actor       TEXT NOT NULL,      -- who ran it, as claimed
    PRIMARY KEY (workspace, plan_id, base_serial),
    UNIQUE (workspace, serial)
) STRICT, WITHOUT ROWID;

-- The log: one chain of hashes a workspace, and `@store` for the store itself. Append-only.
CREATE TABLE audit (
    workspace TEXT NOT NULL,
    seq       INTEGER NOT NULL, -- from 1, without gaps
    entry     TEXT NOT NULL,    -- canonical JSON text, hash included
    hash      TEXT NOT NULL,    -- the hash of the entry, which the next one repeats
    UNIQUE (workspace, seq)
) STRICT;

-- The values that an entry quotes, kept apart so that they can be erased one day without breaking the chain. Append-only.
CREATE TABLE audit_payload (
    workspace TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    salt      BLOB NOT NULL,    -- 32 random bytes; the entry holds HMAC-SHA-256(salt, text)
    text      TEXT NOT NULL,    -- canonical JSON text
    UNIQUE (workspace, seq)
) STRICT;

-- Holds a row exactly while an apply writes, inside its transaction: nobody else ever sees one.
CREATE TABLE writer (
    workspace TEXT NOT NULL,
    plan_id   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX writer_is_one_row ON writer ((workspace IS NOT NULL));

-- A document that changes without a new digest has an unknown one.
CREATE TRIGGER resource_blanks_digest AFTER UPDATE OF kind, format, document ON resource
WHEN NEW.digest = OLD.digest AND NEW.digest <> ''
    AND (NEW.document <> OLD.document OR NEW.format <> OLD.format OR NEW.kind <> OLD.kind)
BEGIN
    UPDATE resource SET digest = '' WHERE address = NEW.address;
END;

-- What a row derives goes with it, also for a program that leaves foreign keys off.
CREATE TRIGGER resource_takes_derived AFTER DELETE ON resource
BEGIN
    DELETE FROM reference WHERE "from" = OLD.address;
    DELETE FROM unique_value WHERE address = OLD.address;
END;
CREATE TRIGGER resource_carries_derived AFTER UPDATE OF address ON resource
WHEN NEW.address <> OLD.address
BEGIN
    UPDATE reference SET "from" = NEW.address WHERE "from" = OLD.address;
    UPDATE unique_value SET address = NEW.address WHERE address = OLD.address;
END;

-- REPLACE deletes first; with recursive_triggers on, as on every connection of deskform, that is refused, too.
CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_keeps_values BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_payload_keeps_rows BEFORE DELETE ON audit_payload
BEGIN SELECT RAISE(ABORT, 'audit_payload is append-only'); END;
CREATE TRIGGER audit_payload_keeps_values BEFORE UPDATE ON audit_payload
BEGIN SELECT RAISE(ABORT, 'audit_payload is append-only'); END;
CREATE TRIGGER run_keeps_rows BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'run is append-only'); END;
CREATE TRIGGER run_keeps_values BEFORE UPDATE ON run
BEGIN SELECT RAISE(ABORT, 'run is append-only'); END;
