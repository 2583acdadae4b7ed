package dev.wattbeam.model;

import java.io.Serializable;

/** Gives the current snapshot of the meter directory; called often, so it has to cache. */
@FunctionalInterface
public interface MeterDirectorySource extends Serializable {
  MeterDirectory snapshot();
}
