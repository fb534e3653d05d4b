namespace ActorStack.Hosting.Options;

/// <summary>The property that holds the options of single services by the services' names.</summary>
internal sealed record ServicesRow(string Property, Func<ActorStackOptions, IDictionary<string, ServiceOptions>> Get)
    : IOptionRow<ActorStackOptions>
{
    public IEnumerable<string> Refuse(ActorStackOptions options, string path) =>
        Get(options).SelectMany(service => ServiceOptionTable.Table.Refuse(service.Value, $"{path}{Property}:{service.Key}:"));

    public IEnumerable<(string Key, string Value)> Settings(ActorStackOptions options) =>
        from service in Get(options)
        from setting in ServiceOptionTable.Table.Settings(service.Value)
        select ($"services.{TextType.Quote(service.Key)}.{setting.Key}", setting.Value);
}
