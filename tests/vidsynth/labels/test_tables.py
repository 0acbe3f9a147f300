import pyarrow as pa
import pyarrow.parquet as pq

from vidsynth.labels.tables import write_table


def test_a_table_of_many_rows_has_all_of_them_in_their_types(tmp_path):
    schema = pa.schema({"id": pa.int64(), "bag": pa.string(), "share": pa.float64()})
    rows = [{"id": i, "bag": None, "share": 0} for i in range(1_500)]
    write_table(tmp_path / "a.parquet", [*rows, {"id": 9, "bag": "red", "share": 0.5}], schema)
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.num_rows == 1_501
    assert [str(field.type) for field in table.schema] == ["int64", "string", "double"]
    assert table.slice(1_500).to_pylist() == [{"id": 9, "bag": "red", "share": 0.5}]
