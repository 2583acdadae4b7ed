package dev.wattbeam.io.kafka;

/** Kafka cannot be reached or refuses the credentials; the message is one line for the operator. */
public final class KafkaUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KafkaUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
