package io.millrace.job.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ImageSpoolTest {

    @Test
    void read_returnsAnyImage_whenManyWereAdded() throws Exception {
        try (var spool = new ImageSpool()) {
            for (int i = 0; i < 1500; i++) {
                spool.add(new byte[] {(byte) i, (byte) (i >> 8), 7});
            }
            spool.add(new byte[0]);

            assertThat(spool.count()).isEqualTo(1501);
            assertThat(spool.read(1025)).containsExactly(1, 4, 7);
            assertThat(spool.read(0)).containsExactly(0, 0, 7);
            assertThat(spool.read(1500)).isEmpty();
        }
    }

    @Test
    void matrix_gathersRowsInTheirOrder() {
        var matrix = new Matrix();
        matrix.add(new float[] {1, 2});
        matrix.add(new float[] {3, 4, 5, 6});
        matrix.add(new float[0]);

        assertThat(matrix.values()).containsExactly(1, 2, 3, 4, 5, 6);
    }
}
