namespace ActorStack.CommandLine.Demo;

/// <summary>Bytes both ways and the time in which one stack moved them.</summary>
internal readonly record struct OwnerShare(long Bytes, TimeSpan Time)
{
    public static OwnerShare operator +(OwnerShare left, OwnerShare right) => new(left.Bytes + right.Bytes, left.Time + right.Time);
}
