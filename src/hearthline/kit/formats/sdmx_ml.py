# SPDX-License-Identifier: Apache-2.0
"""Observations as an SDMX-ML 3.0 data message, and the structure message that explains them.

Source: SDMX 3.0 technical specifications, section 3 (SDMX-ML). The data is structure-specific and
flat: every observation carries all its dimensions. The structure holds the code lists, concepts,
data structure definition and dataflow that both SDMX-ML and SDMX-CSV name. Plain elements of the
standard library; the tests read both messages with an independent library and check them against
the published schemas.

What is coded: INDICATOR by the caller's list, the breakdowns by `kit.codelists`. REF_AREA and
LANGUAGE are plain text in the shapes `sdmx` checks, since every country has its own.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from xml.etree import ElementTree

from hearthline.kit.codelists import (
    Entry,
    age_bands,
    assessment_outcomes,
    channels,
    fourc,
    host_refusals,
    incident_types,
    reporter_kinds,
    sexes,
)
from hearthline.kit.formats.sdmx import (
    AGENCY,
    ATTRIBUTES,
    CLOCKS,
    COMPLAINT_ANSWERS,
    COMPLAINTS,
    DIMENSIONS,
    MISSING,
    NAME,
    STATISTICS,
    STRUCTURE_ID,
    TOTAL,
    VERSION,
    Obs,
    coded,
    sorted_rows,
)

DATA_TYPE = "application/vnd.sdmx.data+xml; version=3.0.0; charset=utf-8"
STRUCTURE_TYPE = "application/vnd.sdmx.structure+xml; version=3.0.0; charset=utf-8"

_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
_MESSAGE = f"{_SCHEMAS}/message"
_COMMON = f"{_SCHEMAS}/common"
_STRUCTURE = f"{_SCHEMAS}/structure"
_SPECIFIC = f"{_SCHEMAS}/data/structurespecific"
_URN = "urn:sdmx:org.sdmx.infomodel"
_DATAFLOW = f"{_URN}.datastructure.Dataflow={STRUCTURE_ID}"
_CONCEPTS = "CS_SPINE"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

_CONCEPT_NAMES: Mapping[str, str] = {
    "REF_AREA": "Country (ISO 3166)",
    "INDICATOR": "What is measured",
    "FREQ": "How often",
    "TIME_PERIOD": "Period",
    "KIND": "What was reported",
    "FOURC": "Risk by how a child meets it (4Cs)",
    "CHANNEL": "The way a report came in",
    "AGE": "Age of the child, as stated",
    "SEX": "Sex of the child, as stated",
    "OUTCOME": "Finding",
    "AUDIENCE": "Who reported",
    "LANGUAGE": "Language of the form (BCP 47)",
    "STATISTIC": "Point of the distribution",
    "CLOCK": "Promised step",
    "REFUSAL": "Why a hosting company refused",
    "COMPLAINT": "What a complaint was about",
    "COMPLAINT_ANSWER": "What a complaint was answered",
    "OBS_VALUE": "Value",
    "OBS_STATUS": "Observation status",
    "CONF_STATUS": "Confidentiality status",
    "UNIT_MEASURE": "Unit",
}
_ENTRIES: Mapping[str, Iterable[Entry]] = {
    "KIND": incident_types(),
    "FOURC": fourc(),
    "CHANNEL": channels(),
    "AGE": age_bands(),
    "SEX": sexes(),
    "OUTCOME": assessment_outcomes(),
    "AUDIENCE": reporter_kinds(),
    "REFUSAL": host_refusals(),
}
_OTHER_LISTS: Mapping[str, Mapping[str, str]] = {
    "FREQ": {"A": "Annual", "M": "Monthly", "Q": "Quarterly"},
    "STATISTIC": {**STATISTICS, TOTAL: "Not applicable"},
    "CLOCK": {**CLOCKS, TOTAL: "Not applicable"},
    "COMPLAINT": {**COMPLAINTS, TOTAL: "Total"},
    "COMPLAINT_ANSWER": {**COMPLAINT_ANSWERS, TOTAL: "Total"},
    "OBS_STATUS": {
        "A": "Normal value",
        "O": "Missing value: not measured",
        "Q": "Missing value: withheld",
    },
    "CONF_STATUS": {
        "C": "Confidential statistical information",
        "F": "Free for publication",
    },
    "UNIT_MEASURE": {"COUNT": "Number", "MIN": "Minutes", "PERCENT": "Per cent"},
}

for _prefix, _uri in (("mes", _MESSAGE), ("com", _COMMON), ("str", _STRUCTURE), ("ss", _SPECIFIC)):
    ElementTree.register_namespace(_prefix, _uri)


def write_data(observations: Iterable[Obs], *, message: str, prepared: datetime) -> str:
    """The observations as one data message, sorted by key.

    `message` is the message's own identifier (letters, digits, `-` and `_`), `prepared` an aware
    time. Raises FormatRefused as `sdmx.write_csv` does.
    """
    rows = sorted_rows(observations)
    place = f"{_DATAFLOW}:ObsLevelDim:AllDimensions"
    root = ElementTree.Element(f"{{{_MESSAGE}}}StructureSpecificData")
    header = _header(root, message, prepared)
    usage = ElementTree.SubElement(
        header,
        f"{{{_MESSAGE}}}Structure",
        structureID=NAME,
        namespace=place,
        dimensionAtObservation="AllDimensions",
    )
    _text(usage, f"{{{_COMMON}}}StructureUsage", _DATAFLOW)
    # Nothing else is in the message's own namespace, so its prefix is declared by hand.
    root.set("xmlns:flow", place)
    dataset = ElementTree.SubElement(
        root,
        f"{{{_MESSAGE}}}DataSet",
        {
            f"{{{_SPECIFIC}}}structureRef": NAME,
            f"{{{_SPECIFIC}}}dataScope": "DataStructure",
            "{http://www.w3.org/2001/XMLSchema-instance}type": "flow:DataSetType",
            "action": "Information",
        },
    )
    columns = (*DIMENSIONS, "OBS_VALUE", *ATTRIBUTES)
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        if values["OBS_VALUE"] == MISSING:
            del values["OBS_VALUE"]
        ElementTree.SubElement(dataset, "Obs", values)
    return _document(root)


def write_structure(indicators: Mapping[str, str], *, message: str, prepared: datetime) -> str:
    """Everything needed to read the data: code lists, concepts, data structure, dataflow.

    `indicators` are the codes of INDICATOR with their English names.
    """
    root = ElementTree.Element(f"{{{_MESSAGE}}}Structure")
    _header(root, message, prepared)
    structures = ElementTree.SubElement(root, f"{{{_MESSAGE}}}Structures")
    flows = _structure(structures, "Dataflows")
    flow = _named(flows, "Dataflow", NAME, "Reports, findings and promises")
    _text(flow, f"{{{_STRUCTURE}}}Structure", f"{_URN}.datastructure.DataStructure={STRUCTURE_ID}")
    lists = _structure(structures, "Codelists")
    for dimension, codes in code_lists(indicators).items():
        one = _named(lists, "Codelist", f"CL_{dimension}", _CONCEPT_NAMES[dimension])
        for code, name in codes.items():
            _name(_structure(one, "Code", id=code), name)
    schemes = _structure(structures, "ConceptSchemes")
    scheme = _named(schemes, "ConceptScheme", _CONCEPTS, "Concepts")
    for concept, name in _CONCEPT_NAMES.items():
        _name(_structure(scheme, "Concept", id=concept), name)
    definitions = _structure(structures, "DataStructures")
    definition = _named(definitions, "DataStructure", NAME, "Reports, findings and promises")
    _components(_structure(definition, "DataStructureComponents"), code_lists(indicators))
    return _document(root)


def code_lists(indicators: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """By dimension or attribute, each code as SDMX spells it with its English name."""
    lists = {"INDICATOR": dict(indicators)}
    for dimension, entries in _ENTRIES.items():
        spelled = coded()[dimension]
        lists[dimension] = {spelled[entry.code]: entry.label for entry in entries}
        lists[dimension][TOTAL] = "Total"
    return lists | {name: dict(codes) for name, codes in _OTHER_LISTS.items()}


def _components(parent: ElementTree.Element, lists: Mapping[str, object]) -> None:
    dimensions = _structure(parent, "DimensionList")
    plain = [name for name in DIMENSIONS if name != "TIME_PERIOD"]
    for position, name in enumerate(plain, start=1):
        _component(dimensions, "Dimension", name, lists, position=str(position))
    _component(dimensions, "TimeDimension", "TIME_PERIOD", lists)
    attributes = _structure(parent, "AttributeList")
    for name in ATTRIBUTES:
        attribute = _component(attributes, "Attribute", name, lists, usage="mandatory")
        relation = _structure(attribute, "AttributeRelationship")
        _structure(relation, "Observation")
        measured = _structure(attribute, "MeasureRelationship")
        _text(measured, f"{{{_STRUCTURE}}}Measure", "OBS_VALUE")
    measures = _structure(parent, "MeasureList")
    # Optional, since a withheld observation stands there with no value.
    _component(measures, "Measure", "OBS_VALUE", lists, usage="optional")


def _component(
    parent: ElementTree.Element, kind: str, name: str, lists: Mapping[str, object], **more: str
) -> ElementTree.Element:
    component = _structure(parent, kind, id=name, **more)
    concept = f"{_URN}.conceptscheme.Concept={AGENCY}:{_CONCEPTS}({VERSION}).{name}"
    _text(component, f"{{{_STRUCTURE}}}ConceptIdentity", concept)
    shape = _structure(component, "LocalRepresentation")
    if name in lists:
        codelist = f"{_URN}.codelist.Codelist={AGENCY}:CL_{name}({VERSION})"
        _text(shape, f"{{{_STRUCTURE}}}Enumeration", codelist)
    else:
        types = {"TIME_PERIOD": "ObservationalTimePeriod", "OBS_VALUE": "Decimal"}
        _structure(shape, "TextFormat", textType=types.get(name, "String"))
    return component


def _header(root: ElementTree.Element, message: str, prepared: datetime) -> ElementTree.Element:
    header = ElementTree.SubElement(root, f"{{{_MESSAGE}}}Header")
    _text(header, f"{{{_MESSAGE}}}ID", message)
    _text(header, f"{{{_MESSAGE}}}Test", "false")
    _text(header, f"{{{_MESSAGE}}}Prepared", prepared.isoformat(timespec="seconds"))
    ElementTree.SubElement(header, f"{{{_MESSAGE}}}Sender", id=AGENCY)
    return header


def _named(parent: ElementTree.Element, kind: str, code: str, name: str) -> ElementTree.Element:
    element = _structure(parent, kind, id=code, agencyID=AGENCY, version=VERSION)
    _name(element, name)
    return element


def _structure(parent: ElementTree.Element, kind: str, **more: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, f"{{{_STRUCTURE}}}{kind}", more)


def _name(element: ElementTree.Element, name: str) -> None:
    _text(element, f"{{{_COMMON}}}Name", name).set(_LANGUAGE, "en")


def _text(parent: ElementTree.Element, tag: str, text: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, tag)
    element.text = text
    return element


def _document(root: ElementTree.Element) -> str:
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'
