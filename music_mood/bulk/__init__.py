"""Label tables of any size with moods, a chunk at a time: ``python -m music_mood.label``.

One direction of flow, in constant memory::

    CSV, .csv.gz, Parquet ── source ──► Chunk ── check ──► Checked: (N, 9) features, reasons
                                                              │ usable rows
                                      here, or on Dask ── workers ──► answers, kept in the job
                                                              ▼
                    labelled.parquet | .csv, labelled.rejects.csv ◄── output

What is slow, the model's answers, is kept chunk by chunk in a folder beside the output
(`job`), so that the same command goes on wherever it was cut. Reading, checking and writing are
fast and done anew: so a resumed run takes the same way as an uncut one and writes the same file.
"""
