//===- SafetensorsJson.cpp - the JSON of a safetensors header -------------===//

#include "runtime/core/SafetensorsHeader.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <unordered_set>

using namespace gdn::runtime;

namespace {

/// Turns the events of the JSON parser into entries. The format is three levels
/// deep, so a place in it is a state and nothing recurses; whatever does not
/// belong in that place ends the parse. Events rather than a document: a
/// document would merge duplicate keys and hold any nesting.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
public:
  explicit HeaderReader(const std::string &where) : where(where) {}

  std::vector<SafetensorsEntry> entries;
  Error error = Error::success();

  bool null() override { return misplaced(); }
  bool boolean(bool) override { return misplaced(); }
  bool number_float(double, const std::string &) override {
    return misplaced();
  }
  bool binary(nlohmann::json::binary_t &) override { return misplaced(); }

  /// Called for negative integers only.
  bool number_integer(int64_t value) override {
    if (place == Place::Shape)
      return fail("gives tensor ", quote(name), " the negative size ", value);
    if (place == Place::Offsets)
      return fail("gives tensor ", quote(name), " the negative data offset ",
                  value);
    return misplaced();
  }
  bool number_unsigned(uint64_t value) override;
  bool string(std::string &value) override;
  bool key(std::string &key) override;
  bool start_object(size_t) override;
  bool end_object() override;
  bool start_array(size_t) override;
  bool end_array() override;
  bool parse_error(size_t position, const std::string &,
                   const nlohmann::detail::exception &) override {
    return fail("has a header that is not valid JSON at byte ", position);
  }

private:
  /// Where the next event is expected, from the outside in.
  enum class Place { Outside, Root, Metadata, Tensor, Shape, Offsets };
  enum class Field { None, DType, Shape, Offsets };

  template <typename... Ts> bool fail(const Ts &...parts) {
    error = makeError(where, " ", parts...);
    return false;
  }
  bool misplaced();
  bool finishEntry();

  bool isMetadata() const { return name == safetensorsMetadataKey; }

  const std::string &where;
  Place place = Place::Outside;
  Field field = Field::None;
  std::unordered_set<std::string> names;
  /// The key of the root object and, in the metadata, the key of the text.
  std::string name, metadataKey;
  /// What the current entry has given so far.
  std::optional<DType> dtype;
  std::optional<std::vector<int64_t>> shape, offsets;
};

} // namespace

/// A value of a kind that cannot stand where it does.
bool HeaderReader::misplaced() {
  switch (place) {
  case Place::Outside:
    return fail("has a header that is not a JSON object");
  case Place::Root:
    if (isMetadata())
      return fail("has a '__metadata__' that is not an object");
    return fail("describes tensor ", quote(name),
                " by something other than an object");
  case Place::Metadata:
    return fail("has metadata ", quote(metadataKey), " that is not a string");
  case Place::Tensor:
    if (field == Field::DType)
      return fail("gives tensor ", quote(name),
                  " a 'dtype' that is not a string");
    break;
  case Place::Shape:
  case Place::Offsets:
    break;
  }
  if (place == Place::Shape || field == Field::Shape)
    return fail("gives tensor ", quote(name),
                " a 'shape' that is not a list of integers");
  return fail("gives tensor ", quote(name),
              " 'data_offsets' that are not a list of two integers");
}

bool HeaderReader::number_unsigned(uint64_t value) {
  if (place != Place::Shape && place != Place::Offsets)
    return misplaced();
  if (value > uint64_t(std::numeric_limits<int64_t>::max()))
    return fail("gives tensor ", quote(name), " the number ", value,
                ", which does not fit in 63 bits");
  if (place == Place::Offsets && offsets->size() == 2)
    return misplaced();
  if (place == Place::Shape && shape->size() == Tensor::maxRank)
    return fail("gives tensor ", quote(name), " a rank of more than ",
                Tensor::maxRank);
  auto &list = place == Place::Shape ? *shape : *offsets;
  list.push_back(static_cast<int64_t>(value));
  return true;
}

bool HeaderReader::string(std::string &value) {
  if (place == Place::Metadata)
    return true;
  if (place != Place::Tensor || field != Field::DType)
    return misplaced();
  dtype = parseSafetensorsDType(value);
  if (!dtype)
    return fail("gives tensor ", quote(name), " the dtype ", quote(value),
                ", which is none of F64, F32, F16, BF16, I64, I32, I16, I8, "
                "U8, BOOL");
  return true;
}

bool HeaderReader::key(std::string &key) {
  if (place == Place::Metadata) {
    metadataKey = key;
    return true;
  }
  if (place == Place::Root) {
    name = key;
    if (names.insert(key).second)
      return true;
    return isMetadata() ? fail("has two '__metadata__' objects")
                        : fail("describes tensor ", quote(key), " twice");
  }
  bool given = false;
  if (key == "dtype") {
    field = Field::DType;
    given = dtype.has_value();
  } else if (key == "shape") {
    field = Field::Shape;
    given = shape.has_value();
  } else if (key == "data_offsets") {
    field = Field::Offsets;
    given = offsets.has_value();
  } else {
    return fail("gives tensor ", quote(name), " the unknown field ",
                quote(key));
  }
  return !given ||
         fail("gives tensor ", quote(name), " two fields ", quote(key));
}

bool HeaderReader::start_object(size_t) {
  if (place == Place::Outside) {
    place = Place::Root;
    return true;
  }
  if (place != Place::Root)
    return misplaced();
  place = isMetadata() ? Place::Metadata : Place::Tensor;
  dtype.reset();
  shape.reset();
  offsets.reset();
  return true;
}

bool HeaderReader::end_object() {
  if (place == Place::Tensor && !finishEntry())
    return false;
  place = place == Place::Root ? Place::Outside : Place::Root;
  return true;
}

bool HeaderReader::start_array(size_t) {
  if (place != Place::Tensor || field == Field::DType)
    return misplaced();
  place = field == Field::Shape ? Place::Shape : Place::Offsets;
  (field == Field::Shape ? shape : offsets).emplace();
  return true;
}

bool HeaderReader::end_array() {
  if (place == Place::Offsets && offsets->size() != 2)
    return misplaced();
  place = Place::Tensor;
  return true;
}

/// Checks what one tensor's fields say together.
bool HeaderReader::finishEntry() {
  const char *missing = !dtype     ? "dtype"
                        : !shape   ? "shape"
                        : !offsets ? "data_offsets"
                                   : nullptr;
  if (missing)
    return fail("gives tensor ", quote(name), " no '", missing, "'");
  int64_t begin = (*offsets)[0], end = (*offsets)[1];
  if (begin > end)
    return fail("gives tensor ", quote(name), " data offsets [", begin, ", ",
                end, "] that run backwards");
  Result<int64_t> bytes = computeByteSize(*dtype, *shape);
  if (!bytes)
    return fail("gives tensor ", quote(name), " the shape ",
                formatShape(*shape), ", whose bytes do not fit in 63 bits");
  if (end - begin != *bytes)
    return fail("gives tensor ", quote(name), " ", end - begin, " bytes, but ",
                formatShape(*shape), " ", getSafetensorsDTypeName(*dtype),
                " needs ", *bytes);
  entries.push_back({name, *dtype, std::move(*shape), begin, end});
  return true;
}

Result<std::vector<SafetensorsEntry>>
gdn::runtime::parseSafetensorsJson(std::string_view json,
                                   const std::string &where) {
  // The parser takes a zero byte for the end of its input.
  if (size_t zero = json.find('\0'); zero != std::string_view::npos)
    return makeError(where, " has a header that is not valid JSON at byte ",
                     zero + 1);
  HeaderReader reader(where);
  if (!nlohmann::json::sax_parse(json.begin(), json.end(), &reader))
    return std::move(reader.error);
  return std::move(reader.entries);
}
