using ActorStack.Hosting.Options;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting.Gateway;

/// <summary>Checks the options of gateways. Every message says what to do.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var path = $"Gateways:{name}:";
        string[] failures = [.. GatewayOptionTable.Table.Refuse(options, path), .. RefuseMissing(path, options)];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> RefuseMissing(string path, GatewayOptions options)
    {
        if (options.Listen is null) yield return $"{path}Listen is missing. {GatewayOptionTable.Listen.Type.WhatToDo}";
        for (var i = 0; i < options.Routes.Count; i++)
        {
            var backends = options.Routes[i].Backends;
            if (backends.Count == 0 || !backends.All(GatewayOptionTable.IsEndPoint))
                yield return $"{path}Routes:{i}:Backends must have backends. {GatewayOptionTable.Listen.Type.WhatToDo}";
        }

        if (options.Backends.Count + options.Routes.Count == 0)
            yield return $"{path}Backends is empty. Name at least one backend as ADDRESS:PORT.";
    }
}
