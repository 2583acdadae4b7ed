package dev.wattbeam.io.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The elements of an Atom feed one after the other, whatever its size. Names are without prefix. A
 * document type is refused, and with it every entity that could read other files or fill the
 * memory.
 */
final class EspiXml {
  private static final XMLInputFactory FACTORY = factory();

  private final XMLStreamReader xml;
  private final String fileName;

  /**
   * Goes to the root element.
   *
   * @throws InvalidFileException when the root is neither a feed nor one entry of it
   */
  EspiXml(InputStream in, String fileName) throws IOException {
    this.fileName = fileName;
    try {
      this.xml = FACTORY.createXMLStreamReader(in);
    } catch (XMLStreamException e) {
      throw notXml(e);
    }
    int event = next();
    while (event != XMLStreamConstants.START_ELEMENT) {
      event = next();
    }
    if (!at("feed") && !at("entry")) {
      throw new InvalidFileException(
          fileName
              + ", line "
              + line()
              + ": no Green Button file: its root is <"
              + xml.getLocalName()
              + ">, not the <feed> of ESPI");
    }
  }

  private static XMLInputFactory factory() {
    // The one of the JDK: another on the class path may not know these settings.
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory;
  }

  /** Goes to the next event, of the kinds in {@link XMLStreamConstants}. */
  int next() throws IOException {
    int event;
    try {
      event = xml.next();
    } catch (XMLStreamException e) {
      throw notXml(e);
    }
    if (event == XMLStreamConstants.DTD) {
      throw new InvalidFileException(
          fileName
              + ", line "
              + line()
              + ": a document type (<!DOCTYPE ...>) is refused, since it could read other files;"
              + " Green Button has none, so remove it");
    }
    return event;
  }

  private IOException notXml(XMLStreamException e) {
    if (e.getNestedException() instanceof ZipException damaged) {
      return damaged;
    }
    String message = e.getMessage() == null ? "" : e.getMessage().strip();
    // The JDK puts the place into a line of its own before the message.
    message = message.substring(message.lastIndexOf('\n') + 1).replaceFirst("^Message: ", "");
    long line = e.getLocation() == null ? 1 : e.getLocation().getLineNumber();
    return new InvalidFileException(
        fileName + ", line " + line + ": no well-formed XML: " + message, e);
  }

  /** Whether the element that starts or ends here has this name. */
  boolean at(String name) {
    return xml.getLocalName().equals(name);
  }

  /** Name of the element that starts or ends here. */
  String name() {
    return xml.getLocalName();
  }

  /** An attribute of the element that starts here, without blanks around it; empty for none. */
  String attribute(String name) {
    String value = xml.getAttributeValue(null, name);
    return value == null ? "" : value.strip();
  }

  /** The text here; a long one comes in pieces. */
  String text() {
    return xml.getText();
  }

  /** Number of the line, from 1. */
  long line() {
    return xml.getLocation().getLineNumber();
  }
}
