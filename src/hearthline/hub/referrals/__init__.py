# SPDX-License-Identifier: Apache-2.0
"""Referrals: hand-over of confirmed cases to the police unit, before the host hears.

Prepared by the desk or by the worker, readable by the unit alone (age, C2SP); the unit's liaison
acknowledges, may ask for a hold on the takedown, and sends an outcome back.
Hosted abroad, a person hands it to the partner hotline of that country besides.
Life of a referral: prepared → sent or picked up → acknowledged → outcome; of a hand-over:
prepared → sent → received → acted | returned.
"""
