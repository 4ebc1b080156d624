# SPDX-License-Identifier: Apache-2.0
"""Imported by the process from which those of a pool are forked, and by no other.

It makes the machine code of hashing ready once, so that each process has it when it begins.
"""

import numpy as np

from hearthline.kit.hashing import hash_luma, hash_rgb

hash_luma(np.zeros((96, 128), np.uint8))
hash_rgb(np.zeros((96, 128, 3), np.uint8))
