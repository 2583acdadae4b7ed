package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

/**
 * One value of a {@link GridSignal}.
 *
 * @param name what it measures, such as {@code carbon-intensity} or {@code generation.nuclear}; see
 *     docs/grid-signals.md
 * @param value billionths of the unit
 */
public record GridValue(String name, GridKind kind, GridUnit unit, long value) {
  public GridValue {
    requireNonNull(name, "name");
    requireNonNull(kind, "kind");
    requireNonNull(unit, "unit");
  }
}
