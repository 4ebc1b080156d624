# SPDX-License-Identifier: Apache-2.0
"""The people of the demonstration: invented, one for each role and two analysts."""

from dataclasses import dataclass

from hearthline.hub.accounts.permissions import Role


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    role: Role
    door: str = "desk"
    first_page: str = "queue"

    @property
    def email(self) -> str:
        return f"{self.key}@example.org"


CAST = (
    Person("ana", "Ana Lindqvist", Role.ANALYST),
    Person("ben", "Ben Okoro", Role.ANALYST),
    Person("sena", "Sena Ito", Role.SENIOR_ANALYST),
    Person("mara", "Mara Fontaine", Role.HOTLINE_MANAGER),
    Person("stella", "Stella Novak", Role.STATISTICIAN, first_page="figures_desk"),
    Person("omar", "Omar Haddad", Role.OVERSIGHT, first_page="audit_log"),
    Person("ada", "Ada Mensah", Role.ADMINISTRATOR, first_page="staff"),
    Person("paulo", "Paulo Reis", Role.POLICE_LIAISON, door="partners", first_page="packages"),
)
