package io.millrace.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.MapSerializer;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.typeutils.ListTypeInfo;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.api.java.typeutils.runtime.TupleSerializer;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.OperatorBackendSerializationProxy;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/**
 * What of a job a savepoint depends on, a line each: operators by their uids, their states with
 * names and serializers as a first checkpoint of theirs holds them, and the serializers of sources
 * and sinks.
 */
final class StateContract {

    private static final ClassLoader CLASSES = StateContract.class.getClassLoader();

    private StateContract() {}

    /** Operators of the graph; each of our own is opened, and its first checkpoint read. */
    static List<String> operators(StreamGraph graph) throws Exception {
        List<String> lines = new ArrayList<>();
        for (StreamNode node : graph.getStreamNodes()) {
            String uid = node.getTransformationUID();
            lines.add("operator " + uid);
            // Sources, and sinks with their committers, say what they hold by their serializers.
            if (node.getOperatorFactory() instanceof SimpleOperatorFactory) {
                states(node).forEach(state -> lines.add("state " + uid + " " + state));
            }
        }
        return lines;
    }

    private static List<String> states(StreamNode node) throws Exception {
        try (var harness = harness(node)) {
            harness.setup();
            harness.initializeEmptyState();
            harness.open();
            return states(harness.snapshot(1, 1));
        }
    }

    @SuppressWarnings("unchecked")
    private static OneInputStreamOperatorTestHarness<Object, Object> harness(StreamNode node)
            throws Exception {
        var factory = (SimpleOperatorFactory<Object>) node.getOperatorFactory();
        var operator = (OneInputStreamOperator<Object, Object>) factory.getOperator();
        var key = node.getStatePartitioners();
        if (key.length == 0) {
            return new OneInputStreamOperatorTestHarness<>(operator);
        }
        return new KeyedOneInputStreamOperatorTestHarness<>(
                operator, (KeySelector<Object, String>) key[0], Types.STRING);
    }

    private static List<String> states(OperatorSubtaskState checkpoint) throws IOException {
        List<String> lines = new ArrayList<>();
        for (var handle : checkpoint.getManagedKeyedState()) {
            var proxy = new KeyedBackendSerializationProxy<>(CLASSES);
            try (FSDataInputStream in = ((StreamStateHandle) handle).openInputStream()) {
                proxy.read(new DataInputViewStreamWrapper(in));
            }
            lines.add("key " + describe(proxy.getKeySerializerSnapshot().restoreSerializer()));
            proxy.getStateMetaInfoSnapshots().forEach(state -> lines.add("keyed " + state(state)));
        }
        for (var handle : checkpoint.getManagedOperatorState()) {
            var proxy = new OperatorBackendSerializationProxy(CLASSES);
            try (FSDataInputStream in = handle.openInputStream()) {
                proxy.read(new DataInputViewStreamWrapper(in));
            }
            proxy.getOperatorStateMetaInfoSnapshots()
                    .forEach(state -> lines.add("split " + state(state)));
        }
        return lines;
    }

    private static String state(StateMetaInfoSnapshot state) {
        var value =
                state.getTypeSerializerSnapshot(
                        StateMetaInfoSnapshot.CommonSerializerKeys.VALUE_SERIALIZER);
        return state.getName() + " " + describe(value.restoreSerializer());
    }

    /** The splits and the enumerator of a source. */
    static List<String> source(String name, Source<?, ?, ?> source) {
        return List.of(
                "source " + name + " split " + versioned(source.getSplitSerializer()),
                "source "
                        + name
                        + " enumerator "
                        + versioned(source.getEnumeratorCheckpointSerializer()));
    }

    /** What a sink's writer keeps, and what it hands over to be committed. */
    static List<String> sink(String name, Sink<?> sink) {
        List<String> lines = new ArrayList<>();
        if (sink instanceof SupportsWriterState<?, ?> stateful) {
            String writer = versioned(stateful.getWriterStateSerializer());
            lines.add("sink " + name + " writer " + writer);
        }
        if (sink instanceof SupportsCommitter<?> committing) {
            String committable = versioned(committing.getCommittableSerializer());
            lines.add("sink " + name + " committable " + committable);
        }
        return lines;
    }

    private static String versioned(SimpleVersionedSerializer<?> serializer) {
        return serializer.getClass().getName() + " version " + serializer.getVersion();
    }

    private static String describe(TypeSerializer<?> serializer) {
        if (serializer instanceof MapSerializer<?, ?> map) {
            String key = describe(map.getKeySerializer());
            return "Map<" + key + ", " + describe(map.getValueSerializer()) + ">";
        }
        if (serializer instanceof ListSerializer<?> list) {
            return "List<" + describe(list.getElementSerializer()) + ">";
        }
        if (serializer instanceof TupleSerializer<?> tuple) {
            return List.of(tuple.getFieldSerializers()).stream()
                    .map(StateContract::describe)
                    .collect(Collectors.joining(", ", "Tuple(", ")"));
        }
        return serializer instanceof PojoSerializer<?> pojo
                ? describe(TypeInformation.of(type(pojo)))
                : serializer.getClass().getName();
    }

    /** Its snapshot begins with the name. */
    private static Class<?> type(PojoSerializer<?> serializer) {
        try {
            var out = new DataOutputSerializer(64);
            serializer.snapshotConfiguration().writeSnapshot(out);
            return Class.forName(new DataInputDeserializer(out.getCopyOfBuffer()).readUTF());
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("no snapshot of a POJO's serializer", e);
        }
    }

    /** A record with its components, as deep as they go. */
    private static String describe(TypeInformation<?> type) {
        if (type instanceof ListTypeInfo<?> list) {
            return "List<" + describe(list.getElementTypeInfo()) + ">";
        }
        if (!(type instanceof PojoTypeInfo<?> pojo)) {
            return type.toString();
        }
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < pojo.getArity(); i++) {
            var field = pojo.getPojoFieldAt(i);
            fields.add(field.getField().getName() + ": " + describe(field.getTypeInformation()));
        }
        return pojo.getTypeClass().getName() + "(" + String.join(", ", fields) + ")";
    }
}
