package dev.wattbeam.io.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.beam.sdk.io.range.OffsetRange;

/** Which offsets of a source are archived, and by which files, as their names tell. */
final class ArchiveIndex {
  private final TreeSet<ArchiveFile> files = new TreeSet<>();

  /** Files that a compacted one replaces, by that one. */
  private final Map<ArchiveFile, List<ArchiveFile>> replaced = new TreeMap<>();

  /** By partition: start -> end of the stretches that are archived on all days. */
  private final Map<Integer, TreeMap<Long, Long>> archived = new HashMap<>();

  private record Range(int partition, long first, long last, int parts) {}

  ArchiveIndex(Collection<ArchiveFile> all) {
    Map<Range, Integer> parts = new HashMap<>();
    for (ArchiveFile file : all) {
      if (file.isCompacted()) {
        add(file.partition(), file.first(), file.last() + 1);
      } else {
        Range range = new Range(file.partition(), file.first(), file.last(), file.parts());
        if (parts.merge(range, 1, Integer::sum) == file.parts()) {
          add(file.partition(), file.first(), file.last() + 1);
        }
      }
    }
    List<ArchiveFile> compacted = all.stream().filter(ArchiveFile::isCompacted).toList();
    for (ArchiveFile file : all) {
      ArchiveFile by =
          compacted.stream()
              .filter(other -> other.replaces(file))
              .max((a, b) -> Long.compare(a.last() - a.first(), b.last() - b.first()))
              .orElse(null);
      if (by == null) {
        files.add(file);
      } else {
        replaced.computeIfAbsent(by, x -> new ArrayList<>()).add(file);
      }
    }
  }

  /** The index of a source. */
  static ArchiveIndex read(ArchiveConfig archive, String source) throws IOException {
    return new ArchiveIndex(sizes(archive, source).keySet());
  }

  /** All files of a source, with their sizes in bytes. */
  static Map<ArchiveFile, Long> sizes(ArchiveConfig archive, String source) throws IOException {
    ArchiveStore store = new ArchiveStore(archive);
    Map<ArchiveFile, Long> sizes = new TreeMap<>();
    for (Metadata metadata :
        Patience.retry(archive.patience(), () -> store.match(ArchiveFile.glob(source)))) {
      ArchiveFile file = ArchiveFile.parse(metadata.resourceId().toString());
      if (file != null) {
        sizes.put(file, metadata.sizeBytes());
      }
    }
    return sizes;
  }

  /** The files of the selected days. */
  static Map<ArchiveFile, Long> sizes(ArchiveConfig archive, ArchiveSelection selection)
      throws IOException {
    Map<ArchiveFile, Long> sizes = sizes(archive, selection.source());
    sizes.keySet().removeIf(file -> !selection.has(file.day()));
    return sizes;
  }

  /** Notes a stretch, grown together with those that touch it. */
  private void add(int partition, long from, long to) {
    TreeMap<Long, Long> stretches = archived.computeIfAbsent(partition, x -> new TreeMap<>());
    long start = from;
    long end = to;
    Map.Entry<Long, Long> before = stretches.floorEntry(end);
    while (before != null && before.getValue() >= start) {
      stretches.remove(before.getKey());
      start = Math.min(start, before.getKey());
      end = Math.max(end, before.getValue());
      before = stretches.floorEntry(end);
    }
    stretches.put(start, end);
  }

  /** The files that hold each archived message once, by partition and offset. */
  Collection<ArchiveFile> files() {
    return files;
  }

  /** Whether all messages of a range are archived. */
  boolean has(int partition, long from, long to) {
    TreeMap<Long, Long> stretches = archived.get(partition);
    Map.Entry<Long, Long> stretch = stretches == null ? null : stretches.floorEntry(from);
    return from >= to || (stretch != null && stretch.getValue() >= to);
  }

  /**
   * What is to be archived: the complete blocks that are not, in stretches of a few.
   *
   * @param held what each partition of the topic holds
   * @param most number of blocks of a stretch
   */
  List<Map.Entry<Integer, OffsetRange>> missing(
      Map<Integer, OffsetRange> held, long blockMessages, int most) {
    List<Map.Entry<Integer, OffsetRange>> missing = new ArrayList<>();
    held.forEach(
        (partition, range) -> {
          long from = Math.floorDiv(range.getFrom(), blockMessages) * blockMessages;
          long begin = -1;
          for (; from + blockMessages <= range.getTo(); from += blockMessages) {
            boolean there = has(partition, from, from + blockMessages);
            if (begin >= 0 && (there || from - begin >= most * blockMessages)) {
              missing.add(Map.entry(partition, new OffsetRange(begin, from)));
              begin = -1;
            }
            if (begin < 0 && !there) {
              begin = from;
            }
          }
          if (begin >= 0) {
            missing.add(Map.entry(partition, new OffsetRange(begin, from)));
          }
        });
    return missing;
  }

  /**
   * Which files may become one: several of a day and a partition with no gap between them that is
   * not archived; and those that are in a larger one already, and are to be deleted only.
   *
   * @param most size of the files together, in the unit of {@code size}
   */
  List<Compaction> compactions(long most, ToLongFunction<ArchiveFile> size) {
    List<Compaction> compactions = new ArrayList<>();
    replaced.forEach((target, sources) -> compactions.add(new Compaction(target, sources)));
    Map<Object, List<ArchiveFile>> byDay = new TreeMap<>();
    for (ArchiveFile file : files) {
      byDay.computeIfAbsent(file.day() + " " + file.partition(), x -> new ArrayList<>()).add(file);
    }
    for (List<ArchiveFile> day : byDay.values()) {
      List<ArchiveFile> sources = new ArrayList<>();
      long sum = 0;
      for (ArchiveFile file : day) {
        ArchiveFile before = sources.isEmpty() ? null : sources.get(sources.size() - 1);
        boolean follows =
            before != null
                && file.first() > before.last()
                && has(file.partition(), before.first(), file.last() + 1)
                && sum + size.applyAsLong(file) <= most;
        if (before != null && !follows) {
          addCompaction(sources, compactions);
          sources = new ArrayList<>();
          sum = 0;
        }
        sources.add(file);
        sum += size.applyAsLong(file);
      }
      addCompaction(sources, compactions);
    }
    return compactions;
  }

  private static void addCompaction(List<ArchiveFile> sources, List<Compaction> compactions) {
    if (sources.size() > 1) {
      ArchiveFile target = ArchiveFile.compacted(sources.get(0), sources.get(sources.size() - 1));
      compactions.add(new Compaction(target, sources));
    }
  }

  /** Files that become one. */
  record Compaction(ArchiveFile target, List<ArchiveFile> sources) {}
}
