// Where instances stand in the network: a default VPC, in it a subnet of each zone, and for each instance one interface with
// a private address. Ids and addresses follow from names and from the order of instances, so that they cost no chance.
import type { Instance } from '../../world/entities.ts'
import { instanceState } from '../../world/states.ts'
import { OWNER, regionOf, type Store } from '../../world/store.ts'
import { type Body, iso } from '../../world/wire.ts'

/** The third byte at which a zone's subnet begins, /20 as in a default VPC: 172.31.0.0, 172.31.16.0 ... */
const SUBNET_STEP = 16
/** AWS keeps the first four addresses of a subnet; instances begin a little later. */
const FIRST_HOST = 10

/** What describes show of an instance's network, at the instance itself; a terminated one has none any more. */
export function networkView(store: Store, instance: Instance): Body {
  const away = { privateDnsName: '', dnsName: '', groupSet: [], networkInterfaceSet: [] }
  if (instanceState(instance, store.now()) === 'terminated') return away
  const common = commonView(store, instance)
  return {
    ...common,
    dnsName: '',
    privateDnsNameOptions: {
      hostnameType: 'ip-name',
      enableResourceNameDnsARecord: false,
      enableResourceNameDnsAAAARecord: false,
    },
    networkInterfaceSet: [interfaceView(store, instance, common)],
  }
}

/** The default security group, which is the only one, as EC2 writes it. */
export function groupsView({ chance }: Store): Body[] {
  return [{ groupId: `sg-0${chance.digits('security group default')}`, groupName: 'default' }]
}

/** What both an instance and its interface show. */
function commonView(store: Store, { zone, order }: Instance) {
  const subnet = store.zones.findIndex(({ name }) => name === zone)
  const host = FIRST_HOST + order
  const address = `172.31.${SUBNET_STEP * subnet + Math.floor(host / 256)}.${host % 256}`
  const region = regionOf(zone)
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`
  return {
    privateDnsName: `ip-${address.replaceAll('.', '-')}.${domain}`,
    privateIpAddress: address,
    subnetId: `subnet-0${store.chance.digits(`subnet of ${zone}`)}`,
    vpcId: `vpc-0${store.chance.digits('vpc')}`,
    sourceDestCheck: true,
    groupSet: groupsView(store),
  }
}

function interfaceView(store: Store, { key, createdAtMs }: Instance, common: ReturnType<typeof commonView>): Body {
  const digits = store.chance.digits(`interface of ${key}`)
  const { privateDnsName, privateIpAddress } = common
  return {
    ...common,
    networkInterfaceId: `eni-0${digits}`,
    description: '',
    ownerId: OWNER,
    status: 'in-use',
    macAddress: `02:${digits.slice(0, 10).replace(/..(?!$)/g, '$&:')}`,
    interfaceType: 'interface',
    attachment: {
      attachmentId: `eni-attach-0${digits}`,
      deviceIndex: 0,
      networkCardIndex: 0,
      status: 'attached',
      attachTime: iso(createdAtMs),
      deleteOnTermination: true,
    },
    privateIpAddressesSet: [{ privateIpAddress, privateDnsName, primary: true }],
    ipv6AddressesSet: [],
    operator: { managed: false },
  }
}
