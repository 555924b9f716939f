import { App, Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';

/**
 * A stack of your own with a function that is invoked for every photo that facedrop has analysed. The bus is the output `eventBus`
 * of facedrop's stack.
 * Usage: npx cdk deploy --app "npx node examples/subscriber.ts" -c eventBus=NAME
 */

/** An announcement may arrive twice: what is done with it must be harmless when repeated. */
const HANDLER = `
exports.handler = async ({ detail: { photo, faces = [] } }) => {
  const ages = faces.flatMap(({ age }) => (age ? [age.years] : []));
  const oldest = ages.length > 0 ? Math.max(...ages) : 'nobody';
  console.log(\`\${photo}: \${faces.length} faces, the oldest: \${oldest}\`);
  return { photo, faces: faces.length, oldest };
};
`;

const app = new App();
const eventBus: unknown = app.node.tryGetContext('eventBus');
if (typeof eventBus !== 'string')
  throw new Error('Expected the name of the event bus. Give it with -c eventBus=NAME.');

const stack = new Stack(app, 'facedrop-subscriber');
const subscriber = new Lambda(stack, 'Subscriber', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromInline(HANDLER),
});
new Rule(stack, 'Analysed', {
  eventBus: EventBus.fromEventBusName(stack, 'Bus', eventBus),
  eventPattern: { source: ['facedrop'], detailType: ['Photo analysed'] },
  targets: [new LambdaFunction(subscriber, { retryAttempts: 3 })],
});
app.synth();
