package dev.wattbeam.io.postgres;

/** Rows of {@code raw_readings} from one id to another, both included. */
public record IdRange(long first, long last) {}
