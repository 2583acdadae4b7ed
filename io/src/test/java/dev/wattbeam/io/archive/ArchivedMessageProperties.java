package dev.wattbeam.io.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

final class ArchivedMessageProperties {
  @Provide
  Arbitrary<byte[]> bytes() {
    Arbitrary<byte[]> text =
        Arbitraries.strings().all().map(s -> s.getBytes(StandardCharsets.UTF_8));
    Arbitrary<byte[]> any = Arbitraries.bytes().array(byte[].class);
    return Arbitraries.oneOf(text, any).injectNull(0.1);
  }

  private static ConsumerRecord<byte[], byte[]> message(
      long offset, long timestamp, byte[] key, byte[] value, RecordHeaders headers) {
    return new ConsumerRecord<>(
        "readings",
        3,
        offset,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        key,
        value,
        headers,
        Optional.empty());
  }

  private static byte[] line(ConsumerRecord<byte[], byte[]> message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ArchivedMessage.write(message, out);
    return out.toByteArray();
  }

  @Property
  void everyMessageIsOneLineAndComesBack(
      @ForAll("bytes") byte[] key,
      @ForAll("bytes") byte[] value,
      @ForAll("bytes") byte[] header,
      @ForAll long timestamp)
      throws IOException {
    RecordHeaders headers = new RecordHeaders();
    headers.add("a \"name\"", header);
    byte[] line = line(message(42, timestamp, key, value, headers));
    assertThat(line[line.length - 1]).isEqualTo((byte) '\n');
    assertThat(Arrays.copyOf(line, line.length - 1)).doesNotContain('\n');

    ArchivedMessage read = ArchivedMessage.parse(line);
    assertThat(read.offset()).isEqualTo(42);
    assertThat(read.timestampMillis()).isEqualTo(timestamp);
    assertThat(read.key()).isEqualTo(key);
    assertThat(read.value()).isEqualTo(value);
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.get("partition").asInt()).isEqualTo(3);
    assertThat(json.at("/headers/0/name").asText()).isEqualTo("a \"name\"");
  }

  @Example
  void aLineCanBeReadByPeople() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("a", new byte[] {'1'});
    headers.add("b", null);
    byte[] value = "{\"meter\":\"m1\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(line(message(7, 1_700_000_000_000L, new byte[] {'m', '1'}, value, headers)))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(
            "{\"topic\":\"readings\",\"partition\":3,\"offset\":7,\"timestamp\":1700000000000,\"key\":\"m1\",\"value\":\"{\\\"meter\\\":\\\"m1\\\"}\",\"headers\":[{\"name\":\"a\",\"value\":\"1\"},{\"name\":\"b\",\"value\":null}]}\n");
    assertThat(line(message(7, 0, null, new byte[] {(byte) 0xff}, new RecordHeaders())))
        .asString(StandardCharsets.UTF_8)
        .endsWith("\"key\":null,\"valueBase64\":\"/w==\"}\n");
  }
}
