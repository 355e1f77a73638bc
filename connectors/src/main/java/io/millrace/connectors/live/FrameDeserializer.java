package io.millrace.connectors.live;

import io.millrace.connectors.kafka.ImageRecords;
import io.millrace.model.stream.Frame;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Keeps bytes and position; judging them is the augmenter's work, which has an output for it. */
final class FrameDeserializer implements KafkaRecordDeserializationSchema<Frame> {

    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Frame> out) {
        out.collect(ImageRecords.frame(record, 0));
    }

    @Override
    public TypeInformation<Frame> getProducedType() {
        return TypeInformation.of(Frame.class);
    }
}
