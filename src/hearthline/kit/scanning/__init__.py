# SPDX-License-Identifier: Apache-2.0
"""Folders, lists and buckets in bulk: every picture and video hashed and looked up in banks.

    with Job(folder, asked, shard_files=500) as job:
        job.list_names(found(source, place, leave_out=folder, unlisted=unlisted), unlisted)
        run(job, Pool(), task)
        summary = summarise(job)

A scan may be stopped or killed at any moment and gone on with: `job` says how. Results hold names,
hashes and distances, never content. Time is passed in; the network is used for object storage only.
"""

from hearthline.kit.scanning.hashed import Hashed, Look, Wanted, failed, hash_named
from hearthline.kit.scanning.job import Job, JobRefused, row_line
from hearthline.kit.scanning.known import kinds_known, look_up
from hearthline.kit.scanning.listing import found
from hearthline.kit.scanning.place import Place, PlaceRefused
from hearthline.kit.scanning.running import Runner, ScanStopped, Summary, left, run, summarise
from hearthline.kit.scanning.scanner import Done, Scanner, Task, Work

__all__ = [
    "Done",
    "Hashed",
    "Job",
    "JobRefused",
    "Look",
    "Place",
    "PlaceRefused",
    "Runner",
    "ScanStopped",
    "Scanner",
    "Summary",
    "Task",
    "Wanted",
    "Work",
    "failed",
    "found",
    "hash_named",
    "kinds_known",
    "left",
    "look_up",
    "row_line",
    "run",
    "summarise",
]
