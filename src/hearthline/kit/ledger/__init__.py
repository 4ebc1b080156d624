# SPDX-License-Identifier: Apache-2.0
"""An append-only Merkle log: hashes, proofs and signed checkpoints.

Follows RFC 9162 section 2.1 for the tree and its proofs, and the C2SP documents `tlog-checkpoint`
and `signed-note` for the checkpoint text, so that anyone can check the log with other software.
All hashes are SHA-256: 32 bytes.
"""

from .checkpoint import Checkpoint, CheckpointRefused, key_id, open_checkpoint, verifier_key
from .frontier import Frontier
from .proofs import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from .tree import EMPTY_ROOT, HASH_SIZE, leaf_hash, node_hash, root

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "Checkpoint",
    "CheckpointRefused",
    "Frontier",
    "consistency_proof",
    "inclusion_proof",
    "key_id",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "root",
    "verifier_key",
    "verify_consistency",
    "verify_inclusion",
]
