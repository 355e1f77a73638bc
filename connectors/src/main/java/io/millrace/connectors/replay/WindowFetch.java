package io.millrace.connectors.replay;

import static java.util.Comparator.comparing;

import io.millrace.connectors.kafka.ImageRecords;
import io.millrace.connectors.replay.ReplayOrder.Block;
import io.millrace.connectors.replay.ReplayOrder.Window;
import io.millrace.model.stream.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Collects the records of one window, those of several partitions side by side. */
final class WindowFetch {

    /**
     * A block that is not read to its end.
     *
     * @param from the first offset wanted of it
     * @param first the slot of its first offset
     */
    private record Part(Block block, long from, int first) {}

    private final Window window;
    private final Frame end;

    /** Made as they come: later they are emitted in an order in which memory is slow. */
    private final @Nullable Frame[] frames;

    /** What is left to be read, by lane and partition. */
    private final List<TreeMap<Integer, Deque<Part>>> open = new ArrayList<>();

    private int place;

    /**
     * @param split which window it is, and how many slots are done already
     * @param lanes in which blocks are read in turns
     * @param turn whose it is first: another one for the next window, which may be a single block
     */
    WindowFetch(Window window, ReplaySplit split, int lanes, int turn) {
        this.window = window;
        this.place = split.place();
        end = Frame.endOfWindow(split.manifest().topic(), split.window());
        frames = new @Nullable Frame[window.slots().length];
        List<Part> parts = new ArrayList<>();
        int first = 0;
        for (Block block : window.blocks()) {
            // Of a plain window, what is done need not be there any more.
            long done = window.plain() ? Math.min(place, block.length()) : 0;
            parts.add(new Part(block, block.from() + done, first));
            first += block.length();
        }
        parts.sort(comparing(Part::block, comparing(Block::partition).thenComparing(Block::from)));
        dealOut(parts, lanes, turn);
    }

    /** Neighbours stay together, and are read without a break. */
    private void dealOut(List<Part> parts, int lanes, int first) {
        for (int lane = 0; lane < lanes; lane++) {
            open.add(new TreeMap<>());
        }
        int turn = first;
        Block before = null;
        for (Part part : parts) {
            Block block = part.block();
            if (before != null
                    && (before.partition() != block.partition() || before.to() != block.from())) {
                turn++;
            }
            open.get(turn % lanes)
                    .computeIfAbsent(block.partition(), p -> new ArrayDeque<>())
                    .add(part);
            before = block;
        }
    }

    /** Takes what has been fetched; whether all of the window is there. */
    boolean advance(FetchLanes lanes) {
        boolean complete = true;
        for (int lane = 0; lane < open.size(); lane++) {
            for (Deque<Part> parts : open.get(lane).values()) {
                while (!parts.isEmpty() && read(parts.element(), lanes.lane(lane))) {
                    parts.remove();
                }
            }
            open.get(lane).values().removeIf(Deque::isEmpty);
            complete &= open.get(lane).isEmpty();
        }
        return complete;
    }

    /** The partitions that have more to give, of each lane. */
    List<Set<Integer>> wanted() {
        return open.stream().<Set<Integer>>map(TreeMap::keySet).toList();
    }

    private boolean read(Part part, RangeConsumer consumer) {
        Block block = part.block();
        if (!consumer.isWithin(block.partition(), part.from(), block.to())) {
            consumer.moveTo(block.partition(), part.from());
        }
        ConsumerRecord<byte[], byte[]> record;
        while ((record = consumer.next(block.partition(), block.to())) != null) {
            frames[part.first() + (int) (record.offset() - block.from())] =
                    ImageRecords.frame(record, window.epoch()).numbered(end.sequence());
        }
        return consumer.hasPassed(block.partition(), block.to());
    }

    /** The next record in the order of the window, then its end, then null; when all is there. */
    @Nullable ReplayRecord next() {
        int[] slots = window.slots();
        while (place < slots.length) {
            int slot = slots[place++];
            Frame frame = frames[slot];
            frames[slot] = null;
            if (frame != null) {
                return new ReplayRecord(frame, place - 1);
            }
        }
        return place++ == slots.length ? new ReplayRecord(end, slots.length) : null;
    }
}
