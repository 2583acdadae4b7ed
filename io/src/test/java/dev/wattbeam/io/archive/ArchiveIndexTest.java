package dev.wattbeam.io.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.junit.jupiter.api.Test;

final class ArchiveIndexTest {
  private static final LocalDate MONDAY = LocalDate.of(2026, 11, 23);
  private static final LocalDate TUESDAY = MONDAY.plusDays(1);

  private static ArchiveFile part(LocalDate day, long block, int part, int parts) {
    return new ArchiveFile("readings", day, 0, block * 10, block * 10 + 9, part, parts);
  }

  private static ArchiveFile compacted(LocalDate day, long firstBlock, long lastBlock) {
    return ArchiveFile.compacted(part(day, firstBlock, 1, 1), part(day, lastBlock, 1, 1));
  }

  private static List<Map.Entry<Integer, OffsetRange>> missing(
      long from, long to, int most, ArchiveFile... files) {
    return new ArchiveIndex(List.of(files)).missing(Map.of(0, new OffsetRange(from, to)), 10, most);
  }

  @Test
  void aNameSaysAllAndIsReadBack() {
    ArchiveFile file = part(MONDAY, 3, 1, 2);
    assertThat(file.path())
        .isEqualTo(
            "source=readings/day=2026-11-23/"
                + "00000-0000000000000000030-0000000000000000039.1of2.jsonl.gz");
    assertThat(ArchiveFile.parse("s3://bucket/a/" + file.path())).isEqualTo(file);
    ArchiveFile large = compacted(MONDAY, 3, 7);
    assertThat(ArchiveFile.parse(large.path())).isEqualTo(large);
    assertThat(ArchiveFile.parse("s3://bucket/source=readings/_archive.json.gz")).isNull();
    ArchiveFile strange =
        new ArchiveFile("readings", LocalDate.ofEpochDay(100_000_000_000L), 1, 0, 9, 1, 1);
    assertThat(ArchiveFile.parse(strange.path())).isEqualTo(strange);
  }

  @Test
  void onlyCompleteBlocksAreMissing() {
    assertThat(missing(0, 35, 99)).containsExactly(Map.entry(0, new OffsetRange(0, 30)));
    assertThat(missing(0, 9, 99)).isEmpty();
  }

  @Test
  void whatRetentionHasLeftOfABlockIsMissingToo() {
    assertThat(missing(25, 40, 99)).containsExactly(Map.entry(0, new OffsetRange(20, 40)));
  }

  @Test
  void stretchesAreNoLongerThanAskedFor() {
    assertThat(missing(0, 50, 2))
        .extracting(Map.Entry::getValue)
        .containsExactly(new OffsetRange(0, 20), new OffsetRange(20, 40), new OffsetRange(40, 50));
  }

  @Test
  void aBlockIsThereWhenAllOfItsDaysAre() {
    assertThat(
            missing(
                0,
                40,
                99,
                part(MONDAY, 0, 1, 1),
                part(MONDAY, 1, 1, 2),
                part(MONDAY, 2, 1, 2),
                part(TUESDAY, 2, 2, 2)))
        .extracting(Map.Entry::getValue)
        .containsExactly(new OffsetRange(10, 20), new OffsetRange(30, 40));
  }

  @Test
  void aCompactedFileStandsForAllOfItsBlocks() {
    assertThat(missing(0, 60, 99, compacted(MONDAY, 1, 3), part(MONDAY, 4, 1, 1)))
        .extracting(Map.Entry::getValue)
        .containsExactly(new OffsetRange(0, 10), new OffsetRange(50, 60));
  }

  @Test
  void aMessageIsReadOnceWhileSmallFilesAreStillThere() {
    ArchiveFile large = compacted(MONDAY, 0, 3);
    ArchiveFile otherDay = part(TUESDAY, 1, 2, 2);
    ArchiveIndex index =
        new ArchiveIndex(List.of(part(MONDAY, 0, 1, 1), part(MONDAY, 1, 1, 2), otherDay, large));
    assertThat(index.files()).containsExactly(large, otherDay);
    assertThat(index.compactions(1_000, file -> 1))
        .containsExactly(
            new ArchiveIndex.Compaction(
                large, List.of(part(MONDAY, 0, 1, 1), part(MONDAY, 1, 1, 2))));
  }

  @Test
  void filesBecomeOneWhereTheyFollowOneAnother() {
    ArchiveFile a = part(MONDAY, 0, 1, 1);
    ArchiveFile b = part(MONDAY, 1, 1, 2);
    ArchiveFile bTuesday = part(TUESDAY, 1, 2, 2);
    ArchiveFile c = part(TUESDAY, 2, 1, 1);
    ArchiveFile d = part(MONDAY, 3, 1, 1);
    ArchiveFile afterGap = part(MONDAY, 5, 1, 1);
    assertThat(new ArchiveIndex(List.of(a, b, bTuesday, c, d, afterGap)).compactions(1_000, f -> 1))
        .containsExactly(
            // Nothing of block 2 is of Monday, but all of it is archived.
            new ArchiveIndex.Compaction(compacted(MONDAY, 0, 3), List.of(a, b, d)),
            new ArchiveIndex.Compaction(compacted(TUESDAY, 1, 2), List.of(bTuesday, c)));
  }

  @Test
  void aBlockWithAMissingDayIsNotCompacted() {
    assertThat(
            new ArchiveIndex(List.of(part(MONDAY, 0, 1, 1), part(MONDAY, 1, 1, 2)))
                .compactions(1_000, f -> 1))
        .isEmpty();
  }

  @Test
  void filesBecomeNoLargerThanAskedFor() {
    List<ArchiveFile> files =
        List.of(part(MONDAY, 0, 1, 1), part(MONDAY, 1, 1, 1), part(MONDAY, 2, 1, 1));
    assertThat(new ArchiveIndex(files).compactions(20, f -> 10))
        .containsExactly(new ArchiveIndex.Compaction(compacted(MONDAY, 0, 1), files.subList(0, 2)));
  }
}
