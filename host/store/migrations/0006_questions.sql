-- What policies were asked lately, so that other rules can be asked the same. Personal data: few, and not for long.
CREATE TABLE question (
    seq      INTEGER PRIMARY KEY,
    app      INTEGER NOT NULL REFERENCES app(seq),
    at_ms    INTEGER NOT NULL,
    request  TEXT NOT NULL                      -- JSON, as a decision vector has it
) STRICT;
CREATE INDEX question_app ON question(app, seq);
