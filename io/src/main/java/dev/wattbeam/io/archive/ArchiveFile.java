package dev.wattbeam.io.archive;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a file of the archive says: which offsets of a partition it is about, and that
 * it holds those of their messages that are of one day.
 *
 * @param source the topic
 * @param day of the messages' Kafka timestamps, UTC
 * @param first the first offset of the range, whether or not its message is of this day
 * @param last the last offset of the range
 * @param part counted from 1: which of the days of the range this is; 0: of a compacted file
 * @param parts number of days of the range, so that one sees whether all of its files are there; 0:
 *     a compacted file, whose range is archived on all days
 */
record ArchiveFile(
    String source, LocalDate day, int partition, long first, long last, int part, int parts)
    implements Comparable<ArchiveFile> {
  private static final String SUFFIX = ".jsonl.gz";
  private static final Pattern PATH =
      Pattern.compile(
          ".*source=([^/]+)/day=([+-]?\\d{4,9}-\\d\\d-\\d\\d)/"
              + "(\\d{5,})-(\\d{19})-(\\d{19})(?:\\.(\\d+)of(\\d+))?\\.jsonl\\.gz");
  private static final Comparator<ArchiveFile> BY_OFFSET =
      Comparator.comparingInt(ArchiveFile::partition)
          .thenComparingLong(ArchiveFile::first)
          .thenComparing(ArchiveFile::day)
          .thenComparing(Comparator.comparingLong(ArchiveFile::last).reversed())
          .thenComparingInt(ArchiveFile::part)
          .thenComparingInt(ArchiveFile::parts);

  /** The file that several files of consecutive ranges become. */
  static ArchiveFile compacted(ArchiveFile first, ArchiveFile last) {
    return new ArchiveFile(first.source, first.day, first.partition, first.first, last.last, 0, 0);
  }

  /** All files of a source, as a glob within the archive. */
  static String glob(String source) {
    return folder(source) + "day=*/*" + SUFFIX;
  }

  static String folder(String source) {
    return "source=" + source + "/";
  }

  /** Null when it is not the path of a file of messages. */
  static ArchiveFile parse(String path) {
    Matcher m = PATH.matcher(path);
    if (!m.matches()) {
      return null;
    }
    return new ArchiveFile(
        m.group(1),
        LocalDate.parse(m.group(2)),
        Integer.parseInt(m.group(3)),
        Long.parseLong(m.group(4)),
        Long.parseLong(m.group(5)),
        m.group(6) == null ? 0 : Integer.parseInt(m.group(6)),
        m.group(7) == null ? 0 : Integer.parseInt(m.group(7)));
  }

  /** Relative to the archive. */
  String path() {
    return String.format(
        Locale.ROOT,
        "%sday=%s/%05d-%019d-%019d%s%s",
        folder(source),
        day,
        partition,
        first,
        last,
        isCompacted() ? "" : "." + part + "of" + parts,
        SUFFIX);
  }

  boolean isCompacted() {
    return parts == 0;
  }

  /** Whether this file has what the other one has. */
  boolean replaces(ArchiveFile other) {
    return isCompacted()
        && !equals(other)
        && partition == other.partition
        && day.equals(other.day)
        && first <= other.first
        && last >= other.last;
  }

  @Override
  public int compareTo(ArchiveFile other) {
    return BY_OFFSET.compare(this, other);
  }
}
