# SPDX-License-Identifier: Apache-2.0
"""Cases: the desk. What was reported, seen as subjects, judged by two people.

Analysts pull reports, claim a case, assess it and confirm each other; seniors decide
disagreements; managers see clocks. Urgency is of the incident, from stated facts, never of a
child. Findings follow INHOPE's three (baseline, national, not illegal) with three more.
Life of a case: awaiting triage → in assessment → awaiting second review → confirmed (acting) or
disagreed (a senior decides) → closed. One person asks to close what is confirmed, another agrees.
"""
