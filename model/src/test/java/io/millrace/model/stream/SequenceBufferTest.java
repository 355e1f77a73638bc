package io.millrace.model.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SequenceBufferTest {

    private final List<Long> handedOn = new ArrayList<>();

    @Test
    void offer_handsOnInOrder_whenPairsArriveShuffled() {
        var buffer = new SequenceBuffer(100);
        List<Long> arrivals = new ArrayList<>(LongStream.range(100, 200).boxed().toList());
        Collections.shuffle(arrivals, new Random(7));

        arrivals.forEach(sequence -> buffer.offer(pair(sequence), this::note));

        assertThat(handedOn).isEqualTo(LongStream.range(100, 200).boxed().toList());
        assertThat(buffer.waiting()).isZero();
        assertThat(buffer.next()).isEqualTo(200);
    }

    @Test
    void offer_holdsBack_whenAnEarlierPairIsMissing() {
        var buffer = new SequenceBuffer(0);

        buffer.offer(pair(1), this::note);
        buffer.offer(pair(2), this::note);

        assertThat(handedOn).isEmpty();
        assertThat(buffer.waiting()).isEqualTo(2);
    }

    @Test
    void offer_fails_whenASequenceComesTwice() {
        var buffer = new SequenceBuffer(0);
        buffer.offer(pair(0), this::note);

        assertThatThrownBy(() -> buffer.offer(pair(0), this::note))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("images-3@0: expected sequence 1 or later")
                .hasMessageContaining("got 0 a second time");
    }

    private void note(ViewPair pair) {
        handedOn.add(pair.sequence());
    }

    private static ViewPair pair(long sequence) {
        var position = new Position("images", 3, sequence, 0);
        return new ViewPair(position, sequence, Frame.DEFAULT_LEARNER, null, new byte[] {1, 2});
    }
}
