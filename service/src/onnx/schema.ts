/**
 * The part of ONNX's protobuf schema (onnx.proto, IR version 10) that this program reads and writes.
 * Field numbers are ONNX's own; fields left out are skipped on reading, as protobuf does with unknown ones.
 */
export const ONNX_SCHEMA = `
syntax = "proto3";
package onnx;

message ModelProto {
  int64 ir_version = 1;
  string producer_name = 2;
  string producer_version = 3;
  string domain = 4;
  int64 model_version = 5;
  string doc_string = 6;
  GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
  repeated FunctionProto functions = 25;
}
message FunctionProto {
  string name = 1;
  repeated string input = 4;
  repeated string output = 5;
  repeated string attribute = 6;
  repeated NodeProto node = 7;
  repeated OperatorSetIdProto opset_import = 9;
  string domain = 10;
  repeated AttributeProto attribute_proto = 11;
  string overload = 13;
}
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message StringStringEntryProto { string key = 1; string value = 2; }

message GraphProto {
  repeated NodeProto node = 1;
  string name = 2;
  repeated TensorProto initializer = 5;
  string doc_string = 10;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
  repeated ValueInfoProto value_info = 13;
}

message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  string name = 3;
  string op_type = 4;
  repeated AttributeProto attribute = 5;
  string domain = 7;
  string overload = 8;
}
message AttributeProto {
  string name = 1;
  float f = 2;
  int64 i = 3;
  bytes s = 4;
  TensorProto t = 5;
  GraphProto g = 6;
  repeated float floats = 7;
  repeated int64 ints = 8;
  repeated bytes strings = 9;
  int32 type = 20;
  string ref_attr_name = 21;
}

message TensorProto {
  repeated int64 dims = 1;
  int32 data_type = 2;
  repeated float float_data = 4;
  repeated int32 int32_data = 5;
  repeated bytes string_data = 6;
  repeated int64 int64_data = 7;
  string name = 8;
  bytes raw_data = 9;
  repeated double double_data = 10;
  repeated uint64 uint64_data = 11;
  repeated StringStringEntryProto external_data = 13;
  int32 data_location = 14;
}

message ValueInfoProto { string name = 1; TypeProto type = 2; string doc_string = 3; }
message TypeProto {
  oneof value {
    TensorTypeProto tensor_type = 1;
    OpaqueTypeProto sequence_type = 4;
    OpaqueTypeProto map_type = 5;
    TensorTypeProto sparse_tensor_type = 8;
    OpaqueTypeProto optional_type = 9;
  }
}
message OpaqueTypeProto {}
message TensorTypeProto { int32 elem_type = 1; TensorShapeProto shape = 2; }
message TensorShapeProto { repeated DimensionProto dim = 1; }
message DimensionProto { oneof value { int64 dim_value = 1; string dim_param = 2; } }
`;
