"""PostgreSQL's own exact sky predicates: the functions of ``domain.sky_geometry``, word for word, without extensions.

A polygon is stored as one flat array of unit vectors, x1 y1 z1 x2 y2 z2 ..., as ``flat_polygon`` makes it.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.sky_geometry import MIDDLE_COSINE, TOUCH_RAD, polygon_from_degrees

__all__ = ["CREATE_SKY_FUNCTIONS", "DROP_SKY_FUNCTIONS", "flat_polygon"]


def flat_polygon(vertices_deg: Iterable[tuple[float, float]]) -> list[float]:
    """Flatten a polygon of (ra, dec) vertices, ICRS degrees, into the array that the functions take.

    Raises
    ------
    InvalidInput
        What ``domain.sky_geometry.polygon_from_degrees`` refuses.
    """
    flat: list[float] = polygon_from_degrees(vertices_deg).ravel().tolist()
    return flat


_CONTAINS = f"""
CREATE OR REPLACE FUNCTION sky_polygon_contains(vertices float8[], x float8, y float8, z float8)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
-- Even-odd rule in the plane tangent at the polygon's middle; the border belongs to the polygon.
DECLARE
    touch CONSTANT float8 := {TOUCH_RAD!r};
    size CONSTANT int := cardinality(vertices);
    mx float8 := 0; my float8 := 0; mz float8 := 0;
    ex float8; ey float8; ez float8;
    fx float8; fy float8; fz float8;
    depth float8; pu float8; pv float8;
    u0 float8; v0 float8; u1 float8; v1 float8;
    run float8; rise float8; length float8; across float8; along float8;
    inside boolean := false;
BEGIN
    FOR i IN 1 .. size BY 3 LOOP
        mx := mx + vertices[i]; my := my + vertices[i + 1]; mz := mz + vertices[i + 2];
    END LOOP;
    length := sqrt(mx * mx + my * my + mz * mz);
    IF length < touch THEN
        RAISE EXCEPTION 'a polygon must fit into one hemisphere' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    mx := mx / length; my := my / length; mz := mz / length;
    depth := x * mx + y * my + z * mz;
    IF depth <= touch THEN
        RETURN false;
    END IF;
    -- e and f span the plane; e starts from the axis that is farthest from the middle.
    IF abs(mx) <= abs(my) AND abs(mx) <= abs(mz) THEN
        length := sqrt(my * my + mz * mz);
        ex := 0; ey := -mz / length; ez := my / length;
    ELSIF abs(my) <= abs(mz) THEN
        length := sqrt(mx * mx + mz * mz);
        ex := mz / length; ey := 0; ez := -mx / length;
    ELSE
        length := sqrt(mx * mx + my * my);
        ex := -my / length; ey := mx / length; ez := 0;
    END IF;
    fx := my * ez - mz * ey; fy := mz * ex - mx * ez; fz := mx * ey - my * ex;
    pu := (x * ex + y * ey + z * ez) / depth;
    pv := (x * fx + y * fy + z * fz) / depth;
    depth := vertices[size - 2] * mx + vertices[size - 1] * my + vertices[size] * mz;
    IF depth < {MIDDLE_COSINE!r} THEN
        RAISE EXCEPTION 'a polygon must fit into one hemisphere' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    u0 := (vertices[size - 2] * ex + vertices[size - 1] * ey + vertices[size] * ez) / depth;
    v0 := (vertices[size - 2] * fx + vertices[size - 1] * fy + vertices[size] * fz) / depth;
    FOR i IN 1 .. size BY 3 LOOP
        depth := vertices[i] * mx + vertices[i + 1] * my + vertices[i + 2] * mz;
        IF depth < {MIDDLE_COSINE!r} THEN
            RAISE EXCEPTION 'a polygon must fit into one hemisphere' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        u1 := (vertices[i] * ex + vertices[i + 1] * ey + vertices[i + 2] * ez) / depth;
        v1 := (vertices[i] * fx + vertices[i + 1] * fy + vertices[i + 2] * fz) / depth;
        run := u1 - u0; rise := v1 - v0;
        across := run * (pv - v0) - rise * (pu - u0);
        length := sqrt(run * run + rise * rise);
        IF abs(across) <= touch * length THEN
            along := run * (pu - u0) + rise * (pv - v0);
            IF along >= -touch * length AND along <= length * length + touch * length THEN
                RETURN true;
            END IF;
        END IF;
        IF (v0 > pv) <> (v1 > pv) AND (across > 0) = (rise > 0) THEN
            inside := NOT inside;
        END IF;
        u0 := u1; v0 := v1;
    END LOOP;
    RETURN inside;
END
$body$;
"""

_MEETS_CONE = f"""
CREATE OR REPLACE FUNCTION sky_polygon_meets_cone(
    vertices float8[], x float8, y float8, z float8, radius_deg float8
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
-- The centre is inside, or an edge comes within the radius: at one of its ends, or beside it.
DECLARE
    radius CONSTANT float8 := radians(radius_deg) + {TOUCH_RAD!r};
    size CONSTANT int := cardinality(vertices);
    sine CONSTANT float8 := sin(least(radius, pi() / 2));
    chord CONSTANT float8 := 2 * sin(least(radius, pi()) / 2);
    px float8 := vertices[size - 2]; py float8 := vertices[size - 1]; pz float8 := vertices[size];
    qx float8; qy float8; qz float8;
    nx float8; ny float8; nz float8; length float8;
BEGIN
    FOR i IN 1 .. size BY 3 LOOP
        qx := vertices[i]; qy := vertices[i + 1]; qz := vertices[i + 2];
        IF (qx - x) * (qx - x) + (qy - y) * (qy - y) + (qz - z) * (qz - z) <= chord * chord THEN
            RETURN true;
        END IF;
        nx := py * qz - pz * qy; ny := pz * qx - px * qz; nz := px * qy - py * qx;
        length := sqrt(nx * nx + ny * ny + nz * nz);
        IF abs(nx * x + ny * y + nz * z) <= sine * length
            AND x * (ny * pz - nz * py) + y * (nz * px - nx * pz) + z * (nx * py - ny * px) >= 0
            AND x * (qy * nz - qz * ny) + y * (qz * nx - qx * nz) + z * (qx * ny - qy * nx) >= 0
            AND length > 0
        THEN
            RETURN true;
        END IF;
        px := qx; py := qy; pz := qz;
    END LOOP;
    RETURN sky_polygon_contains(vertices, x, y, z);
END
$body$;
"""

_POLYGONS_MEET = """
CREATE OR REPLACE FUNCTION sky_polygons_meet(a float8[], b float8[])
RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
-- A vertex of one lies in the other, or two edges cross.
DECLARE
    a_size CONSTANT int := cardinality(a);
    b_size CONSTANT int := cardinality(b);
    p0x float8; p0y float8; p0z float8; p1x float8; p1y float8; p1z float8;
    q0x float8; q0y float8; q0z float8; q1x float8; q1y float8; q1z float8;
    mx float8; my float8; mz float8; nx float8; ny float8; nz float8;
    side float8;
BEGIN
    FOR i IN 1 .. a_size BY 3 LOOP
        IF sky_polygon_contains(b, a[i], a[i + 1], a[i + 2]) THEN RETURN true; END IF;
    END LOOP;
    FOR j IN 1 .. b_size BY 3 LOOP
        IF sky_polygon_contains(a, b[j], b[j + 1], b[j + 2]) THEN RETURN true; END IF;
    END LOOP;
    p0x := a[a_size - 2]; p0y := a[a_size - 1]; p0z := a[a_size];
    FOR i IN 1 .. a_size BY 3 LOOP
        p1x := a[i]; p1y := a[i + 1]; p1z := a[i + 2];
        mx := p0y * p1z - p0z * p1y; my := p0z * p1x - p0x * p1z; mz := p0x * p1y - p0y * p1x;
        q0x := b[b_size - 2]; q0y := b[b_size - 1]; q0z := b[b_size];
        FOR j IN 1 .. b_size BY 3 LOOP
            q1x := b[j]; q1y := b[j + 1]; q1z := b[j + 2];
            side := mx * q0x + my * q0y + mz * q0z;
            -- The edge of b has its ends on both sides of the edge of a ...
            IF side <> 0 AND (side > 0) = (mx * q1x + my * q1y + mz * q1z < 0) AND mx * q1x + my * q1y + mz * q1z <> 0
            THEN
                nx := q0y * q1z - q0z * q1y; ny := q0z * q1x - q0x * q1z; nz := q0x * q1y - q0y * q1x;
                -- ... and the other way round, on the same half of the sky.
                IF (side > 0 AND nx * p0x + ny * p0y + nz * p0z < 0 AND nx * p1x + ny * p1y + nz * p1z > 0)
                    OR (side < 0 AND nx * p0x + ny * p0y + nz * p0z > 0 AND nx * p1x + ny * p1y + nz * p1z < 0)
                THEN
                    RETURN true;
                END IF;
            END IF;
            q0x := q1x; q0y := q1y; q0z := q1z;
        END LOOP;
        p0x := p1x; p0y := p1y; p0z := p1z;
    END LOOP;
    RETURN false;
END
$body$;
"""

CREATE_SKY_FUNCTIONS = _CONTAINS + _MEETS_CONE + _POLYGONS_MEET
"""SQL that creates ``sky_polygon_contains(vertices, x, y, z)``, ``sky_polygon_meets_cone(vertices, x, y, z,
radius_deg)`` and ``sky_polygons_meet(a, b)``; it may be run again. Points are unit vectors, radii degrees."""

DROP_SKY_FUNCTIONS = """
DROP FUNCTION IF EXISTS sky_polygons_meet(float8[], float8[]);
DROP FUNCTION IF EXISTS sky_polygon_meets_cone(float8[], float8, float8, float8, float8);
DROP FUNCTION IF EXISTS sky_polygon_contains(float8[], float8, float8, float8);
"""
