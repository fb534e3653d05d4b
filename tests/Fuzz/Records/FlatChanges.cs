using System.Reflection;
using ActorStack.Actors.Serialization.Legacy;

namespace ActorStack.Fuzz.Records;

/// <summary>Changes of fields of a record of version 1.</summary>
internal static class FlatChanges
{
    private static readonly (byte Number, PropertyInfo Field)[] Fields =
    [
        .. typeof(FlatRecord1).GetProperties().Where(field => field.CanWrite)
            .Select(field => (FieldChanges.NumberOf(field.Name), field))
            .OrderBy(entry => entry.Item1).ThenBy(entry => entry.field.Name, StringComparer.Ordinal),
    ];

    /// <param name="record">A copy, which is changed.</param>
    public static FlatRecord1 Apply(FlatRecord1 record, FuzzInput input)
    {
        while (!input.IsEmpty)
        {
            var number = input.Byte();
            FieldChanges.Change(record, Fields.FirstOrDefault(entry => entry.Number >= number, Fields[0]).Field, input);
        }

        return record;
    }
}
