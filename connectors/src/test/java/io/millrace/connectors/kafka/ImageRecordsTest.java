package io.millrace.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.stream.Frame;
import io.millrace.model.stream.Position;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ImageRecordsTest {

    @Test
    void frame_holdsWhatWasRecorded_whenEncodedHere() {
        byte[] image = {(byte) 0xff, (byte) 0xd8, 0};

        Frame frame =
                ImageRecords.frame(
                        received(ImageRecords.record("images", "cam-1", "k\u00e4se", image, "b")),
                        4);

        assertThat(frame.position()).isEqualTo(new Position("images", 3, 42, 4));
        assertThat(frame.sequence()).isEqualTo(Frame.UNNUMBERED);
        assertThat(frame.timestamp()).isEqualTo(1000);
        assertThat(frame.learner()).isEqualTo("b");
        assertThat(frame.stream()).isEqualTo("cam-1");
        assertThat(frame.label()).isEqualTo("k\u00e4se");
        assertThat(frame.bytes()).isEqualTo(image);
    }

    @Test
    void frame_hasDefaults_whenARecordHasNothing() {
        Frame frame = ImageRecords.frame(received(null, null, new RecordHeaders()), 0);

        assertThat(frame.learner()).isEqualTo(Frame.DEFAULT_LEARNER);
        assertThat(frame.stream()).isEmpty();
        assertThat(frame.label()).isNull();
        assertThat(frame.bytes()).isEmpty();
    }

    @Test
    void frame_neverFails_whenHeadersAreMalformed() {
        var headers = new RecordHeaders();
        headers.add("label", "first".getBytes(UTF_8)).add("label", new byte[] {(byte) 0xc3, 'x'});
        headers.add("learner", new byte[0]).add("other", null);

        Frame frame = ImageRecords.frame(received(new byte[] {(byte) 0xff}, null, headers), 0);

        assertThat(frame.label()).isEqualTo("\ufffdx");
        assertThat(frame.learner()).isEqualTo(Frame.DEFAULT_LEARNER);
        assertThat(frame.stream()).isEqualTo("\ufffd");
    }

    private static ConsumerRecord<byte @Nullable [], byte @Nullable []> received(
            ProducerRecord<byte @Nullable [], byte[]> sent) {
        return received(sent.key(), sent.value(), sent.headers());
    }

    private static ConsumerRecord<byte @Nullable [], byte @Nullable []> received(
            byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new ConsumerRecord<>(
                "images",
                3,
                42,
                1000,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                headers,
                Optional.empty());
    }
}
