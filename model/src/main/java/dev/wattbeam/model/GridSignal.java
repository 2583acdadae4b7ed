package dev.wattbeam.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * What a source said about the grid of an area in one span of time. What it did not say is absent:
 * missing is never zero.
 *
 * <p>Of two versions of a value the one of the later stage counts, within a stage the one that
 * became known later.
 *
 * @param source who says it, such as {@code carbonintensity.org.uk}
 * @param area country or region, such as {@code GB} or {@code FR-11}
 * @param startMillis start of the span, epoch milliseconds
 * @param endMillis end of the span, epoch milliseconds
 * @param knownMillis when the source was asked, or the file published; epoch milliseconds
 */
@DefaultCoder(GridSignalCoder.class)
public record GridSignal(
    String source,
    String area,
    long startMillis,
    long endMillis,
    long knownMillis,
    GridStage stage,
    List<GridValue> values) {
  public GridSignal {
    requireNonNull(source, "source");
    requireNonNull(area, "area");
    requireNonNull(stage, "stage");
    values = List.copyOf(values);
  }
}
