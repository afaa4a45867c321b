"""PostgreSQL's own functions for searching frames: several polygons at once, and comparisons of header values."""

from __future__ import annotations

from domain.header_terms import NUMBER_TEXT

__all__ = ["CREATE_SEARCH_FUNCTIONS"]

# A frame's polygons stand in one array, parted by NULL; one that meets is enough.
_EACH_POLYGON = """
CREATE OR REPLACE FUNCTION {name}(vertices float8[], {arguments}) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $body$
DECLARE
    first int := 1;
    parting int;
BEGIN
    IF vertices IS NULL THEN RETURN false; END IF;
    FOREACH parting IN ARRAY array_positions(vertices, NULL) || (cardinality(vertices) + 1) LOOP
        IF {test} THEN RETURN true; END IF;
        first := parting + 1;
    END LOOP;
    RETURN false;
END $body$
"""

_MEETS_CONE = _EACH_POLYGON.format(
    name="sky_frame_meets_cone",
    arguments="x float8, y float8, z float8, radius_deg float8",
    test="sky_polygon_meets_cone(vertices[first:parting - 1], x, y, z, radius_deg)",
)
_MEETS_POLYGON = _EACH_POLYGON.format(
    name="sky_frame_meets_polygon",
    arguments="polygon float8[]",
    test="sky_polygons_meet(vertices[first:parting - 1], polygon)",
)

# The semantics of domain.header_terms.matches, case by case; a test holds the two together.
_HEADER_MATCHES = f"""
CREATE OR REPLACE FUNCTION header_matches(value jsonb, operator text, wanted text, number float8) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $body$
-- wanted: what is compared with, trimmed and folded; number: the same where it spells a number, else NULL.
DECLARE
    kind CONSTANT text := jsonb_typeof(value);
    plain text;
    found float8;
    equal boolean;
BEGIN
    IF kind IS NULL OR kind = 'null' THEN RETURN false; END IF;
    IF kind = 'number' THEN
        IF abs((value #>> '{{}}')::numeric) > 1.79769313486231575e308 THEN RETURN false; END IF;
        found := (value #>> '{{}}')::float8;
    ELSE
        plain := CASE value #>> '{{}}' WHEN 'true' THEN CASE kind WHEN 'boolean' THEN 't' ELSE 'true' END
            WHEN 'false' THEN CASE kind WHEN 'boolean' THEN 'f' ELSE 'false' END ELSE value #>> '{{}}' END;
        plain := translate(btrim(plain, ' '), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');
        IF plain = '' THEN RETURN false; END IF;
        IF plain ~ '^({NUMBER_TEXT})$' THEN found := translate(plain, 'dD', 'ee')::float8; END IF;
    END IF;
    IF operator = 'exists' THEN RETURN true; END IF;
    IF operator = '~' THEN RETURN plain IS NOT NULL AND strpos(plain, wanted) > 0; END IF;
    IF number IS NOT NULL THEN
        equal := found IS NOT NULL AND found = number;
        RETURN CASE operator WHEN '=' THEN equal WHEN '!=' THEN NOT equal ELSE found IS NOT NULL AND
            CASE operator WHEN '<' THEN found < number WHEN '<=' THEN found <= number
                WHEN '>' THEN found > number ELSE found >= number END END;
    END IF;
    equal := plain IS NOT NULL AND wanted <> '' AND plain = wanted;
    RETURN CASE operator WHEN '=' THEN equal WHEN '!=' THEN NOT equal ELSE plain IS NOT NULL AND wanted <> '' AND
        CASE operator WHEN '<' THEN plain COLLATE "C" < wanted COLLATE "C"
            WHEN '<=' THEN plain COLLATE "C" <= wanted COLLATE "C"
            WHEN '>' THEN plain COLLATE "C" > wanted COLLATE "C"
            ELSE plain COLLATE "C" >= wanted COLLATE "C" END END;
END $body$
"""

CREATE_SEARCH_FUNCTIONS = _MEETS_CONE + _MEETS_POLYGON + _HEADER_MATCHES
