import { placementOf } from "../broadcasting.js";
import { constant, divide, isPositive, isSame, multiply, numberIn, ONE, type Length } from "../lengths.js";
import type { Operation } from "../operation.js";
import { areSameRows, elementsOf, lengthOf, rowsOf, type Known } from "../values.js";
import { axisIn, each, type Rule } from "./rule.js";
import { leadingRows } from "./windows.js";

/** Operators on pictures: rows, channels, then height and width. */
export const PICTURES: readonly [string, Rule][] = [
  ["Resize", resize],
  ["Upsample", resize],
  ...each("DepthToSpace SpaceToDepth", moveDepth),
  ["GridSample", gridSample],
  ["AffineGrid", affineGrid],
];

/** Scales are 1, or sizes unchanged, in the dimension of the rows. */
function resize(operation: Operation): Known {
  operation.withoutRowsBut(0);
  const data = operation.input(0);
  const { rows, shape } = placementOf(data);
  const [scaleIndex, sizeIndex] = operation.version >= 11 ? [2, 3] : [1, -1];
  if (rows !== undefined && operation.string("coordinate_transformation_mode", "") === "tf_crop_and_resize") {
    return operation.undecided("crops by bounds, which are not followed");
  }
  const scales = given(operation, scaleIndex);
  const sizes = given(operation, sizeIndex);
  const axes = operation.ints("axes")?.map((axis) => axisIn(operation, axis, shape?.length));
  if (rows === undefined) {
    return operation.output(
      undefined,
      shape?.map(() => operation.fresh()),
    );
  }
  const place = axes === undefined ? rows.axis : axes.indexOf(rows.axis);
  const scale = scales?.[place];
  const size = sizes?.[place];
  const isKept =
    place < 0 ||
    (scale !== undefined && isSame(scale, ONE)) ||
    (size !== undefined && isSame(size, lengthOf(rows)));
  if (!isKept) {
    return scale !== undefined && numberIn(scale) !== undefined
      ? operation.touching(`resizes dimension ${rows.axis}, where the rows are`)
      : operation.undecided(`may resize dimension ${rows.axis}, where the rows are`);
  }
  if (sizes !== undefined && operation.string("keep_aspect_ratio_policy", "stretch") !== "stretch") {
    return operation.undecided("resizes all dimensions alike, which is not followed");
  }
  const lengths = shape?.map((length, axis) =>
    resized(operation, length, axes === undefined ? axis : axes.indexOf(axis), scales, sizes),
  );
  return operation.output(rows, lengths, size === undefined ? [] : [sizeIndex]);
}

function given(operation: Operation, index: number): readonly Length[] | undefined {
  const values = elementsOf(operation.inputs[index])?.values;
  const attribute = index === 1 ? operation.node.attributes["scales"] : undefined;
  const written = attribute?.kind === "floats" ? attribute.value.map(constant) : undefined;
  return values === undefined || values.length === 0 ? written : values;
}

function resized(
  operation: Operation,
  length: Length,
  place: number,
  scales: readonly Length[] | undefined,
  sizes: readonly Length[] | undefined,
): Length {
  const scale = scales?.[place];
  const size = sizes?.[place];
  if (place < 0 || (scale !== undefined && isSame(scale, ONE))) {
    return length;
  }
  const number = scale && numberIn(scale);
  if (number !== undefined && Number.isInteger(number) && number > 0) {
    return multiply(length, constant(number));
  }
  return size !== undefined && (numberIn(size) ?? 0) > 0 && scales === undefined ? size : operation.fresh();
}

/** Blocks of channels become blocks of places, or the reverse: the blocks lie around the channels, or within them. */
function moveDepth(operation: Operation): Known {
  const rows = rowsOf(operation.input(0));
  if (rows !== undefined && rows.axis > 1) {
    operation.touching(`rearranges dimension ${rows.axis}, where the rows are`);
  }
  const block = constant(operation.int("blocksize", 1));
  const area = multiply(block, block);
  const isToSpace = operation.node.operator === "DepthToSpace";
  const shape = operation.shape(0)?.map((length, axis) => {
    if (axis === 0) {
      return length;
    }
    const grows = (axis === 1) !== isToSpace;
    const factor = axis === 1 ? area : block;
    return grows
      ? multiply(length, factor)
      : (divide(length, factor) ?? operation.symbols.of("p", "block", [length, factor]));
  });
  if (rows?.axis !== 1) {
    return operation.output(rows, shape);
  }
  const isWithin = operation.string("mode", "DCR") === "CRD";
  const outer = isToSpace ? (isWithin ? rows.outer : divide(rows.outer, area)) : multiply(rows.outer, area);
  const per = isToSpace && isWithin ? divide(rows.per, area) : rows.per;
  if (outer === undefined || per === undefined || !isPositive(outer) || !isPositive(per)) {
    return operation.touching("puts rows beside one another as places");
  }
  return operation.output({ axis: 1, outer, per }, shape);
}

function gridSample(operation: Operation): Known {
  const rows = leadingRows(operation, "samples over");
  const grid = rowsOf(operation.inputs[1]);
  if (rows !== undefined && (grid === undefined || !areSameRows(rows, grid))) {
    operation.undecided("samples at places that are not of the same rows");
  }
  operation.withoutRowsBut(...(rows === undefined ? [] : [0, 1]));
  const places = operation.shape(1)?.slice(1, -1);
  return operation.output(
    rows,
    places && [operation.fresh(), operation.shape(0)?.[1] ?? operation.fresh(), ...places],
  );
}

function affineGrid(operation: Operation): Known {
  operation.withoutRowsBut(0);
  const rows = leadingRows(operation, "makes a grid of");
  const sizes = elementsOf(operation.inputs[1])?.values;
  if (rows !== undefined && (sizes?.[0] === undefined || !isSame(sizes[0], lengthOf(rows)))) {
    operation.undecided("makes grids of a number that is not shown to be that of the rows");
  }
  return operation.output(
    rows,
    sizes && [
      ...sizes.slice(0, 1),
      ...sizes.slice(2).map(() => operation.fresh()),
      constant(sizes.length - 2),
    ],
    [1],
  );
}
