# SPDX-License-Identifier: Apache-2.0
"""Content to hashes: PDQ of pictures and video frames, MD5, SHA-1 and SHA-256 of files."""
